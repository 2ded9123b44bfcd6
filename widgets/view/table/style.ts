/** Styles of the table. */
export const TABLE_STYLE = `
.voxbook-table-plots { display: flex; flex-wrap: wrap; gap: 6px; }
.voxbook-table-plot canvas { display: block; touch-action: none; cursor: crosshair; }
.voxbook-table-name { font: inherit; color: inherit; background: var(--jp-layout-color1, #fff); width: 8.5em; height: 24px;
  box-sizing: border-box; border: 1px solid var(--jp-border-color1, #bbb); border-radius: 3px; padding: 0 6px; }
.voxbook-table-span { width: 6em; }
.voxbook-table-trouble { color: var(--jp-error-color1, #b00020); }
.voxbook-table-trouble:empty { display: none; }
.voxbook-table select { max-width: 13em; }
.voxbook-grid { position: relative; overflow: auto; height: 250px; border: 1px solid var(--jp-border-color2, #ddd); outline: none;
  font-variant-numeric: tabular-nums; user-select: none; cursor: default; }
.voxbook-grid:focus-visible { box-shadow: 0 0 0 2px var(--jp-brand-color1, #0072b2); }
.voxbook-grid-sizer { position: relative; min-width: 100%; }
.voxbook-grid-head { position: sticky; top: 0; z-index: 1; display: flex; height: 26px; box-sizing: border-box;
  background: var(--jp-layout-color2, #eee); border-bottom: 1px solid var(--jp-border-color1, #bbb); }
.voxbook-grid [role=row] { box-sizing: border-box; }
.voxbook-grid [role=rowgroup] > [role=row] { position: absolute; left: 0; display: flex; height: 24px; min-width: 100%;
  border-bottom: 1px solid var(--jp-border-color3, #eee); }
.voxbook-grid [role=rowgroup] > [role=row]:hover { background: var(--jp-layout-color2, #f2f2f2); }
.voxbook-grid [role=columnheader], .voxbook-grid [role=gridcell] { flex: none; box-sizing: border-box; padding: 2px 10px; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; text-align: right; }
.voxbook-grid [role=columnheader] { cursor: pointer; font-size: 12px; line-height: 21px; color: var(--jp-ui-font-color2, #555); }
.voxbook-grid [role=columnheader]:hover { color: var(--jp-ui-font-color1, #222); }
.voxbook-grid [role=columnheader]:not([aria-sort=none]) { color: var(--jp-ui-font-color1, #222); font-weight: 600; }
.voxbook-grid .voxbook-grid-text { text-align: left; }
.voxbook-grid [aria-selected=true], .voxbook-grid [role=rowgroup] > [aria-selected=true]:hover {
  background: color-mix(in srgb, #d55e00 18%, var(--jp-layout-color0, #fff)); }
.voxbook-grid:focus .voxbook-grid-active { box-shadow: inset 0 0 0 1px var(--jp-border-color1, #999); }
.voxbook-grid:focus .voxbook-grid-cell { box-shadow: inset 0 0 0 2px var(--jp-brand-color1, #0072b2); }
`;
