/** Typography of an exported page: screen, phone and paper. */
export const style = `:root { color-scheme: light dark; --ink: #1c2024; --paper: #fff; --faint: #667; --line: #d8dce2; --code: #f5f6f8; --accent: #0a5ea8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e6ea; --paper: #16181b; --faint: #98a0aa; --line: #363b42; --code: #1f2226; --accent: #6db3f2; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
main { max-width: 54rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2em 0 .6em; } h1 { font-size: 2rem; margin-top: .4em; } h2 { font-size: 1.45rem; } h3 { font-size: 1.15rem; }
p, ul, ol, blockquote { margin: .8em 0; } a { color: var(--accent); }
blockquote { border-left: 3px solid var(--line); padding-left: 1em; margin-left: 0; color: var(--faint); }
pre, code, kbd, samp { font: .86rem/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", Consolas, monospace; }
pre { margin: .6em 0; overflow-x: auto; } .text code { background: var(--code); padding: .1em .3em; border-radius: 3px; } .text pre code { background: none; padding: 0; }
.text pre, .code { background: var(--code); border: 1px solid var(--line); border-radius: 5px; padding: .7em .9em; }
.cell { margin: 1.4em 0; position: relative; }
.count { position: absolute; right: .6em; top: .4em; font: .72rem ui-monospace, monospace; color: var(--faint); }
.keyword { color: #8b3fb5; } .string { color: #22722f; } .number { color: #a2480c; } .comment { color: var(--faint); font-style: italic; }
@media (prefers-color-scheme: dark) { .keyword { color: #cf9be8; } .string { color: #8fcf98; } .number { color: #e8a878; } }
mark.failed { background: #b9232333; color: inherit; display: inline-block; min-width: 100%; }
.stream, .error { padding: .1em .9em; white-space: pre-wrap; } .stderr { border-left: 3px solid #d9a13b; } .error { border-left: 3px solid #c33; }
.result { margin: .8em 0; overflow-x: auto; } img { max-width: 100%; height: auto; } .result img { background: #fff; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; margin: .6em 0; }
th, td { padding: .3em .8em; border-bottom: 1px solid var(--line); text-align: left; } th { font-weight: 600; border-bottom-width: 2px; }
.bold { font-weight: 600; } .ansi-red { color: #c33; } .ansi-green { color: #22722f; } .ansi-yellow { color: #96690a; } .ansi-blue { color: #2463c4; } .ansi-magenta { color: #8b3fb5; } .ansi-cyan { color: #0e7c86; }
@media (max-width: 40rem) { body { font-size: 16px; } main { padding: 1rem .8rem 3rem; } h1 { font-size: 1.6rem; } .count { display: none; } }
@media print { :root { --ink: #000; --paper: #fff; --faint: #444; --line: #bbb; --code: #f7f7f7; } body { font-size: 10.5pt; } main { max-width: none; padding: 0; } pre { white-space: pre-wrap; } .cell, table, img { break-inside: avoid; } h1, h2, h3 { break-after: avoid; } a { color: inherit; } }
`;
