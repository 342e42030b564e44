/** Style of the page at `/`. Its hash is in the Content-Security-Policy. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --bad: #ff8182; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 50rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
code, pre, textarea, input { font: .875rem/1.5 ui-monospace, monospace; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
.state { border-left: 4px solid var(--line); padding-left: .75rem; font-weight: 600; }
.state.good { border-color: var(--good); }
.state.bad { border-color: var(--bad); }
label { display: block; font-size: .875rem; margin: .75rem 0 .25rem; }
textarea, input { width: 100%; padding: .5rem; border: 1px solid var(--line); border-radius: 6px; }
textarea { resize: vertical; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; align-items: end; }
@media (max-width: 40rem) { .fields { grid-template-columns: 1fr; } }
[hidden] { display: none; }
button { margin-top: 1rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { width: 9rem; font-weight: 600; font-size: .875rem; }
.error { border-left: 4px solid var(--bad); padding-left: .75rem; }
footer { margin-top: 3rem; font-size: .875rem; }
`;
