// The part of plotly.js that is used here.
declare module "plotly.js-basic-dist-min" {
  export function react(
    root: HTMLElement,
    traces: readonly object[],
    layout: object,
    config: object,
  ): Promise<HTMLElement>;
  export function purge(root: HTMLElement): void;
}
