/** Styles of the network's view. */
export const STYLE = `
.voxbook-network { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
.voxbook-network-area { position: relative; flex: none; background: #fff; border: 1px solid var(--jp-border-color2, #ddd);
  border-radius: 3px; overflow: hidden; touch-action: none; user-select: none; box-sizing: border-box; }
.voxbook-network-area canvas { position: absolute; left: 0; top: 0; width: 100%; height: 100%; display: block; cursor: grab; }
.voxbook-network-area canvas:active { cursor: grabbing; }
.voxbook-network-side { flex: 1 1 230px; min-width: 220px; max-width: 300px; display: flex; flex-direction: column; gap: 8px; }
.voxbook-network-side .voxbook-readout { white-space: normal; min-height: 0; }
.voxbook-network-side table { margin: 2px 0; width: 100%; }
.voxbook-network-side td { padding: 1px 0 1px 10px; overflow-wrap: anywhere; }
.voxbook-network-side h4 { margin: 0; font-size: 13px; font-weight: 600; }
.voxbook-network-rows { max-height: 190px; overflow-y: auto; scrollbar-width: thin; }
.voxbook-network-rows:focus-visible { outline: 2px solid var(--jp-brand-color1, #0072b2); }
.voxbook-network-colour { max-width: 11em; }
.voxbook-network-chart { position: relative; height: 118px; margin: 0 9px; touch-action: none; user-select: none; }
.voxbook-network-chart canvas { position: absolute; left: 0; top: 0; width: 100%; height: 84px; }
.voxbook-network-brush { position: absolute; top: 0; height: 84px; cursor: grab; border-top: 2px solid var(--jp-ui-font-color1, #222); box-sizing: border-box; }
.voxbook-network-end { position: absolute; top: 0; width: 15px; margin-left: -7px; height: 84px; cursor: ew-resize; outline: none; }
.voxbook-network-end::before { content: ""; position: absolute; left: 6px; width: 3px; top: 0; bottom: 0; background: var(--jp-ui-font-color1, #222); }
.voxbook-network-end::after { content: ""; position: absolute; left: 1px; top: 32px; width: 13px; height: 20px; border-radius: 4px; box-sizing: border-box;
  background: var(--jp-layout-color1, #fff); border: 2px solid var(--jp-ui-font-color1, #222); }
.voxbook-network-end:hover::after, .voxbook-network-end:focus-visible::after { border-color: var(--jp-brand-color1, #0072b2); }
.voxbook-network-end:focus-visible::before { background: var(--jp-brand-color1, #0072b2); }
.voxbook-network-numbers { position: absolute; top: 86px; left: 0; right: 0; display: flex; justify-content: space-between;
  font-size: 11px; font-variant-numeric: tabular-nums; }
.voxbook-network-name { position: absolute; top: 101px; left: 0; right: 0; text-align: center; font-size: 11px; }
.voxbook-network-names { display: flex; flex-direction: column; gap: 1px; }
.voxbook-network-neighbours button { min-width: 0; padding: 0 5px; height: 20px; margin: 1px 2px 1px 0; border-radius: 3px; font-size: 12px; }
`;
