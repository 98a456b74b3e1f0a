// SPDX-License-Identifier: Apache-2.0

/// The style sheet of all pages, in a file of its own so that the content policy can forbid all styles in the page.
package enum PageStyle {
    package static let path = "/-/style.css"
    package static let contentType = "text/css; charset=utf-8"

    /// The headers of a page: nothing but this style sheet is loaded, nothing runs, forms lead to this service alone, and no other
    /// page may frame it.
    package static let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    package static let css = frame + tables + charts + narrow + print

    private static let frame = """
        :root{color-scheme:light dark;\(PageColours.properties { $0.pair.light })}
        @media (prefers-color-scheme:dark){:root{\(PageColours.properties { $0.pair.dark })}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:86rem;padding:0 1.5rem 3rem;background:var(--background);color:var(--text);
        font:.95rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        header{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding:.75rem 0;
        border-bottom:1px solid var(--line)}
        header .brand{margin:0;font-weight:700}header .brand a{color:var(--text);text-decoration:none}
        header .age{margin:0 0 0 auto;font-size:.85rem}
        header nav ul{display:flex;flex-wrap:wrap;gap:.25rem;list-style:none;margin:0;padding:0}
        header nav a{display:inline-block;padding:.3rem .7rem;border-radius:.4rem;color:var(--text);text-decoration:none}
        header nav a:hover{background:var(--track)}header nav a[aria-current]{background:var(--track);font-weight:600}
        h1{font-size:1.5rem;line-height:1.3;margin:1.25rem 0 0;overflow-wrap:anywhere}
        h2{font-size:1.05rem;margin:0 0 .25rem}
        p{margin:.25rem 0}section{margin:1.25rem 0}
        a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:.15em}
        a:focus-visible,summary:focus-visible,[tabindex]:focus-visible,select:focus-visible,input:focus-visible,
        button:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .skip{position:absolute;top:-5rem;left:.5rem;z-index:2;padding:.4rem .8rem;background:var(--panel);border-radius:.4rem}
        .skip:focus{top:.5rem}
        .quiet,caption,dt,small{color:var(--quiet)}
        .warning{color:var(--warning);font-weight:600}
        .up{color:var(--up)}.down{color:var(--down)}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .card,main>section,main>details>section{background:var(--panel);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.25rem}
        .heading{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:0 1rem}
        .heading p{margin:0}
        .columns{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:1.25rem;align-items:start}
        .columns section{margin:0}
        dl.tiles{display:grid;grid-template-columns:repeat(12,1fr);gap:.75rem;margin:1rem 0}
        dl.tiles div{grid-column:span 3;background:var(--panel);border:1px solid var(--line);border-radius:.6rem;
        padding:.75rem 1rem}
        dl.tiles .wide{grid-column:span 4}
        dt{font-size:.85rem}dd{margin:0}dd small{line-height:1.4;display:block}
        dd.figure{font-size:1.45rem;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        dd.figure a{font-size:1.1rem;font-weight:600}.wide .figure{font-size:2.1rem;letter-spacing:-.01em}
        .filters{display:flex;flex-wrap:wrap;align-items:center;gap:.6rem 1.25rem;margin:1rem 0}
        .filters form{display:flex;flex-wrap:wrap;gap:.5rem .9rem;align-items:center}
        .filters label{color:var(--quiet);font-size:.9rem}
        select,input,button{font:inherit;color:var(--text);background:var(--panel);border:1px solid var(--rest);
        border-radius:.4rem;padding:.3rem .55rem}
        ::placeholder{color:var(--quiet);opacity:1}
        input{width:15rem;max-width:60vw}button{cursor:pointer;font-weight:600}button:hover{background:var(--track)}
        ul.choice{display:flex;flex-wrap:wrap;list-style:none;margin:0;padding:0;border:1px solid var(--line);
        border-radius:.45rem;overflow:hidden;background:var(--panel)}
        ul.choice a{display:block;padding:.3rem .7rem;color:var(--text);text-decoration:none;white-space:nowrap}
        ul.choice a:hover{background:var(--track)}ul.choice a[aria-current]{background:var(--bar);color:var(--panel);font-weight:600}
        ul.choice a:focus-visible{outline-offset:-3px}
        ul.chips{display:flex;flex-wrap:wrap;gap:.4rem;list-style:none;margin:0;padding:0;flex-basis:100%}
        ul.chips a{display:inline-block;padding:.15rem .7rem;border:1px solid var(--line);border-radius:1rem;
        background:var(--track);color:var(--text);text-decoration:none;overflow-wrap:anywhere}
        pre{background:var(--background);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;overflow-x:auto;
        margin:.5rem 0;font-size:.9rem}
        code{overflow-wrap:anywhere}pre code{overflow-wrap:normal}
        footer{border-top:1px solid var(--line);padding-top:.5rem;font-size:.85rem}
        footer ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0;padding:0}footer a{color:var(--quiet)}
        summary{cursor:pointer;padding:.25rem 0;color:var(--link)}

        """

    private static let tables = """
        .scroll{overflow-x:auto;padding:.35rem 0;margin:-.35rem;scroll-padding-left:10rem}
        tr>:first-child,caption{position:sticky;left:0;padding-left:.35rem}tr>:first-child{background:var(--panel)}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
        caption{text-align:left;font-size:.85rem;padding-bottom:.25rem;max-width:calc(100vw - 3rem)}
        th,td{text-align:left;vertical-align:top;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line)}
        tr>:last-child{padding-right:.35rem}tbody tr:last-child>*{border-bottom:0}
        tbody tr:hover>*{background:color-mix(in srgb,var(--track) 45%,var(--panel))}
        thead th{font-size:.8rem;font-weight:600;color:var(--quiet)}
        tbody th{font-weight:600;overflow-wrap:anywhere;min-width:9rem}
        #refused~.scroll tbody th{min-width:15rem}
        time,thead th,.date{white-space:nowrap}
        .number{text-align:right;white-space:nowrap}
        .nil{color:var(--quiet)}
        .id{font-family:ui-monospace,monospace}
        th small,td small{display:block;font-size:.8rem;font-weight:400}
        th small.warning{font-weight:600}th .inline,th .inline small{display:inline}.inline small::before{content:" \\B7  "}
        .share{min-width:6rem;width:14%}.share svg{height:.4rem;margin-top:.35rem;border-radius:.2rem}
        .drivers tbody th{min-width:9rem}.diverging{min-width:6rem;width:34%}.diverging svg{height:1.1rem;margin-top:.15rem}
        .tree tbody th{min-width:14rem}.tree .dropped>*{color:var(--quiet)}.tree .dropped .call{text-decoration:line-through}
        .when{min-width:9rem;width:22%}.when svg{height:.75rem;margin-top:.3rem}
        \((1...12).map { ".tree .depth\($0){padding-left:\($0).55rem}" }.joined())

        """

    private static let charts = """
        svg{display:block;width:100%}
        .bar{fill:var(--bar)}.track{fill:var(--track)}.dim{fill:var(--rest)}
        .chart p,.ticks{font-size:.8rem;margin:0;font-variant-numeric:tabular-nums}
        .chart svg{height:9rem;border-bottom:1px solid var(--line)}
        .chart .ticks{display:grid;grid-template-columns:repeat(24,minmax(0,1fr))}
        .ticks{white-space:nowrap;min-height:1.5em;color:var(--quiet)}
        .sum{font-size:1.15rem}
        .legend{display:flex;flex-wrap:wrap;gap:.15rem 1.25rem;list-style:none;margin:.5rem 0 .75rem;padding:0;font-size:.85rem;
        font-variant-numeric:tabular-nums}
        .legend li{display:flex;align-items:center;gap:.4rem}.legend a{color:var(--text)}
        .key{width:.75rem;height:.75rem;flex:none}
        .plot{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 .6rem}
        .plot>svg{height:15rem;border-bottom:1px solid var(--quiet);overflow:visible}
        .scale{display:flex;flex-direction:column;justify-content:space-between;text-align:right;font-size:.8rem;
        color:var(--quiet);font-variant-numeric:tabular-nums}.scale span{height:0;line-height:0}
        .plot .ticks{grid-column:2;display:flex;padding-top:.3rem}.plot .ticks span{flex:1 1 0;min-width:0;overflow:visible}
        .grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
        .middle{stroke:var(--quiet);stroke-width:1;vector-effect:non-scaling-stroke}
        svg .up{fill:var(--up)}svg .down{fill:var(--down)}
        .hit{fill:transparent}g:hover .hit{fill:var(--track);opacity:.6}
        \(PageColours.allCases.map(\.rawValue).filter { $0.hasPrefix("series") || $0 == "rest" }
            .map { ".\($0){fill:var(--\($0))}" }.joined())

        """

    private static let narrow = """
        @media (max-width:64rem){.columns{grid-template-columns:minmax(0,1fr)}dl.tiles div{grid-column:span 6}
        dl.tiles .wide{grid-column:span 4}.wide .figure{font-size:1.7rem}th,td{padding-right:.6rem}}
        @media (max-width:44rem){body{padding:0 .75rem 2rem}header .age{margin-left:0;flex-basis:100%}
        .card,main>section{padding:.75rem}dl.tiles{gap:.5rem}dl.tiles .wide{grid-column:span 6}dl.tiles .wide:first-child{grid-column:span 12}
        dl.tiles div{padding:.6rem .75rem}dd.figure{font-size:1.2rem}.wide .figure{font-size:1.6rem}
        header nav ul{gap:0}header nav a{padding:.3rem .45rem;font-size:.9rem}.plot>svg{height:11rem}.chart svg{height:8rem}ul.choice a{padding:.3rem .5rem}
        .filters form{width:100%}tbody th{min-width:7.5rem}.share{min-width:5rem}input{max-width:100%}
        .tree tbody th{min-width:9rem}\((1...12).map { ".tree .depth\($0){padding-left:\(0.35 + Double($0) / 4)rem}" }.joined())}

        """

    private static let print = """
        @media print{:root{\(PageColours.properties { $0.pair.light });font-size:80%}body{max-width:none;padding:0}
        .skip,header nav,footer,.filters,.finder,.heading p a,details:not([open]){display:none}
        tr,.plot,dl.tiles div{break-inside:avoid}.heading,h2,caption,thead{break-after:avoid}
        .scroll{overflow:visible}tr>:first-child,caption{position:static}.tree tbody th{min-width:10rem}
        .share,.when,.diverging{min-width:4rem}a{color:inherit;text-decoration:none}svg *{print-color-adjust:exact}}

        """
}
