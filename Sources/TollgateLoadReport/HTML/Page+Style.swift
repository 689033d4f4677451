// The page's style sheet: one set of colours for light and one for dark, by what the reader's system prefers.

extension Page {
  static let style = """

    :root{--bg:#f6f7f9;--card:#fff;--edge:#e2e5ea;--ink:#1b2430;--dim:#667085;--grid:#e9ecf1;--axis:#98a2b3;
    --good:#12805c;--bad:#c4320a;--warn:#b54708;--goodbg:#e7f6ef;--badbg:#fdece5;--warnbg:#fff4e0;
    --c0:#1b2430;--c1:#2563c9;--c2:#d9730d;--c3:#12805c;--c4:#8a3ffc;--c5:#c2357a;
    --q1:#2563c9;--q2:#2e9e5b;--q3:#d89000;--q4:#d1495b;--q5:#98a2b3;
    --h0:#d9e8f8;--h1:#b4d2f0;--h2:#86b6e4;--h3:#5797d5;--h4:#2f78c1;--h5:#1c5aa3;--h6:#123f7d;--h7:#0a2654}
    @media (prefers-color-scheme:dark){:root{--bg:#0f1319;--card:#171d26;--edge:#29313d;--ink:#e6eaf0;--dim:#93a0b3;
    --grid:#242c37;--axis:#5b6778;--good:#4cc38a;--bad:#ff8a65;--warn:#f5b14c;--goodbg:#12291f;--badbg:#331a12;
    --warnbg:#33260f;--c0:#e6eaf0;--c1:#6ea8fe;--c2:#ffa657;--c3:#56d4a0;--c4:#b794f6;--c5:#f27fb2;
    --q1:#6ea8fe;--q2:#5fd08a;--q3:#f0b429;--q4:#ff7b8a;--q5:#6b778a;
    --h0:#17304d;--h1:#1c446f;--h2:#225a93;--h3:#2d74b8;--h4:#4a93d6;--h5:#79b3e8;--h6:#abd2f4;--h7:#e2f1fd}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main{max-width:1320px;margin:0 auto;padding:24px 20px 40px}
    h1{font-size:25px;line-height:1.2;margin:0 0 4px}h2{font-size:15px;margin:0 0 10px}
    header p{margin:2px 0}.dim,figcaption small{color:var(--dim)}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin:20px 0 14px}
    .tiles div,.card,.plot{background:var(--card);border:1px solid var(--edge);border-radius:8px}
    .tiles div{padding:10px 14px;display:flex;flex-direction:column;justify-content:space-between;gap:4px}.tiles span{display:block;color:var(--dim);font-size:13px}
    .tiles b{font-size:22px;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}.tiles .bad b{color:var(--bad)}
    .verdicts{list-style:none;padding:0;margin:0 0 14px;display:grid;gap:6px 14px;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr))}
    .verdicts li{border-left:4px solid var(--axis);background:var(--card);border-radius:4px;padding:7px 12px}
    .verdicts .good{border-color:var(--good);background:var(--goodbg)}.verdicts .bad{border-color:var(--bad);background:var(--badbg)}
    .verdicts .warn{border-color:var(--warn);background:var(--warnbg)}.verdicts b{margin-right:6px}
    .plots{display:grid;grid-auto-flow:dense;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:14px;margin-bottom:14px}
    .plot{margin:0;padding:12px 14px 8px;min-width:0;position:relative}.plot.wide{grid-column:1/-1}
    figcaption{font-weight:600}figcaption small{font-weight:400;margin-left:8px;font-size:13px}
    .legend{margin:2px 0 0;font-size:13px;color:var(--dim);display:flex;flex-wrap:wrap;gap:2px 14px}
    .legend span{display:inline-flex;align-items:center;gap:6px}.legend i{width:16px;height:3px;border-radius:2px;background:var(--k)}
    .legend i.dash{height:0;border-top:2px dashed var(--k);background:none}
    .legend i.kept,.legend i.missed{width:9px;height:9px;border-radius:50%}.shades{align-items:center;gap:0 2px!important}
    .shades i{width:18px;height:10px;border-radius:0}.shades i:first-of-type{margin-left:6px}.shades i:last-of-type{margin-right:6px}
    .canvas{overflow-x:auto}.canvas svg{display:block;width:100%;min-width:480px;height:auto;font-size:11px;touch-action:pan-y}
    .wide .canvas svg{min-width:760px}
    .grid{stroke:var(--grid)}.axis,.mark{stroke:var(--axis)}.tick{fill:var(--dim)}
    .line{fill:none;stroke:var(--k);stroke-width:1.7;stroke-linejoin:round}.area{fill:var(--k);opacity:.13}.dot{fill:var(--k)}
    .line.dash{stroke-dasharray:5 4}.line.q5{stroke-width:1}
    .bound{stroke:var(--bad);stroke-dasharray:6 4}.bound-label{fill:var(--bad)}
    .c0{--k:var(--c0)}.c1{--k:var(--c1)}.c2{--k:var(--c2)}.c3{--k:var(--c3)}.c4{--k:var(--c4)}.c5{--k:var(--c5)}
    .q1{--k:var(--q1)}.q2{--k:var(--q2)}.q3{--k:var(--q3)}.q4{--k:var(--q4)}.q5{--k:var(--q5)}.dash{--k:var(--axis)}
    .kept{--k:var(--good);fill:var(--good)}.missed{--k:var(--bad);fill:var(--bad)}
    .h0{--k:var(--h0)}.h1{--k:var(--h1)}.h2{--k:var(--h2)}.h3{--k:var(--h3)}.h4{--k:var(--h4)}.h5{--k:var(--h5)}.h6{--k:var(--h6)}.h7{--k:var(--h7)}
    path[class^=h]{fill:var(--k)}
    .cross{stroke:var(--axis);stroke-dasharray:2 3;pointer-events:none}.spot{fill:var(--k);stroke:var(--card);stroke-width:1.5;pointer-events:none}
    #tip{position:fixed;z-index:9;pointer-events:none;background:var(--card);border:1px solid var(--axis);border-radius:6px;
    padding:6px 10px;font-size:13px;box-shadow:0 4px 14px #0003;white-space:nowrap}
    #tip b{display:block}#tip div{display:flex;align-items:center;gap:8px}#tip i{width:10px;height:3px;background:var(--k)}
    #tip em{margin-left:auto;padding-left:14px;font-style:normal;font-variant-numeric:tabular-nums}
    .card p{margin:8px 0 0}.card{padding:14px 16px;margin-bottom:14px;min-width:0}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:0 14px}
    .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}
    th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid var(--grid);vertical-align:top}
    th{color:var(--dim);font-weight:500;font-size:13px;white-space:nowrap}tr:last-child td{border-bottom:0}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    .cards td:first-child{color:var(--dim);white-space:nowrap}.cards td{overflow-wrap:anywhere}
    .bars{width:40%;vertical-align:middle}.bar{display:block;height:9px;border-radius:2px;background:var(--c1)}.bar.bad{background:var(--bad)}
    pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}footer{font-size:13px}
    @media print{body{background:#fff}.plot,.card{break-inside:avoid}}

    """
}
