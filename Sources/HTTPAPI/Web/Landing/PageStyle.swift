// SPDX-License-Identifier: Apache-2.0

/// The style sheet of the landing page, in a file of its own so that the content policy can forbid all styles in the page.
enum PageStyle {
    static let path = "/-/style.css"
    static let contentType = "text/css; charset=utf-8"

    /// The headers of the page: nothing but this style sheet is loaded, nothing runs, and no other page may frame it.
    static let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static let css = """
        :root{color-scheme:light dark;\(PageColours.properties { $0.pair.light })}
        @media (prefers-color-scheme:dark){:root{\(PageColours.properties { $0.pair.dark })}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--background);color:var(--text);
        font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:0 0 .5rem}
        p{margin:.25rem 0}section{margin:1.75rem 0}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .quiet,caption,dt,small{color:var(--quiet)}
        .warning{color:var(--warning);font-weight:600}
        nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:.5rem 0 0;padding:0}
        nav a{display:inline-block;padding:.25rem 0}
        dl.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:.75rem;margin:0}
        dl.tiles div{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
        dl.tiles div:first-child{grid-column:span 2}
        dt{font-size:.9rem}dd{margin:0}
        dd.figure{font-size:1.6rem;font-weight:600;line-height:1.25;font-variant-numeric:tabular-nums}
        .tiles div:first-child .figure{font-size:2.2rem}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        caption{text-align:left;font-size:.9rem;padding-bottom:.25rem;max-width:calc(100vw - 1.5rem)}
        th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
        thead th{font-size:.9rem}tbody th{font-weight:600;overflow-wrap:anywhere;min-width:9rem}
        #refused~.scroll tbody th{min-width:15rem}
        time,thead th{white-space:nowrap}
        .number{text-align:right;white-space:nowrap}
        th small,td small{display:block;font-size:.85rem;font-weight:400}
        svg{display:block;width:100%}
        .bar{fill:var(--bar)}.track{fill:var(--track)}
        .share{min-width:7rem;width:20%}.share svg{height:.5rem;margin-top:.3rem}
        .chart p,.ticks{font-size:.85rem;margin:0;font-variant-numeric:tabular-nums}
        .chart svg{height:9rem;border-bottom:1px solid var(--line)}
        .ticks{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));white-space:nowrap;min-height:1.5em;color:var(--quiet)}
        pre{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;overflow-x:auto;
        margin:.5rem 0;font-size:.9rem}
        code{overflow-wrap:anywhere}pre code{overflow-wrap:normal}
        summary{cursor:pointer;padding:.25rem 0}
        @media (max-width:60rem){table{font-size:.9rem}thead th{font-size:.8rem}th,td{padding-right:.5rem}
        .share{min-width:5.5rem;width:auto}table:has(.share) tbody th{min-width:7.5rem}}
        @media (max-width:40rem){dl.tiles{grid-template-columns:1fr 1fr}dd.figure{font-size:1.3rem}body{padding:.75rem}
        dl.tiles div{padding:.6rem .75rem}}

        """
}
