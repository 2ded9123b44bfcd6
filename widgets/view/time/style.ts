export const TIME_STYLE = `
.voxbook-state { white-space: pre; flex: 1 1 auto; font-variant-numeric: tabular-nums; overflow: hidden; text-overflow: ellipsis; }
.voxbook-slider { line-height: 0; padding-top: 2px; }
.voxbook-slider input { display: block; box-sizing: border-box; height: 18px; margin: 0; accent-color: var(--jp-brand-color1, #0072b2); }
.voxbook-chart { display: block; overflow: visible; touch-action: none; user-select: none; cursor: ew-resize; }
.voxbook-chart text { font: 11px system-ui, sans-serif; fill: var(--jp-ui-font-color2, #555); }
.voxbook-chart text.voxbook-here { font-weight: 600; fill: var(--jp-ui-font-color1, #222); paint-order: stroke; stroke: var(--jp-layout-color0, #fff); stroke-width: 3px; }
.voxbook-grid { stroke: var(--jp-border-color2, #ddd); }
.voxbook-tick { stroke: var(--jp-ui-font-color2, #666); }
.voxbook-head { stroke: var(--jp-ui-font-color1, #222); stroke-width: 1.5; }
.voxbook-other { stroke-dasharray: 4 3; }
.voxbook-mark { stroke: var(--jp-layout-color0, #fff); stroke-width: 1; }
.voxbook-kymograph { display: block; cursor: ew-resize; touch-action: none; color: var(--jp-ui-font-color2, #555); margin-top: 2px; }
.voxbook-lines { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 16px; padding: 4px 0 2px 56px; font-variant-numeric: tabular-nums; }
.voxbook-lines svg { vertical-align: -1px; margin-right: 5px; }
`;
