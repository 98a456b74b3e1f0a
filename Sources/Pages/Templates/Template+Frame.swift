// SPDX-License-Identifier: Apache-2.0

/// What all pages have.
extension Template {
    static let pageText = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{{title}}}</title>
        <link rel="stylesheet" href="{{{style}}}">
        </head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
        <p class="brand"><a href="/">llm-cost-exporter</a></p>
        <nav aria-label="Pages"><ul>
        {{#pages}}
        <li><a href="{{{href}}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{{name}}}</a></li>
        {{/pages}}
        </ul></nav>
        <p class="quiet age">{{{age}}}</p>
        </header>
        <main id="content">
        <h1>{{{heading}}}</h1>
        {{#lead}}
        <p class="quiet">{{{lead}}}</p>
        {{/lead}}
        {{{body}}}
        </main>
        <footer>
        <ul>
        {{#footer}}
        <li><a href="{{{href}}}">{{{name}}}</a></li>
        {{/footer}}
        </ul>
        </footer>
        </body>
        </html>

        """

    static let failureText = """
        <section class="card" aria-labelledby="failure">
        <h2 id="failure">{{{heading}}}</h2>
        <p>{{{message}}}</p>
        <p><a href="{{{href}}}">{{{link}}}</a></p>
        </section>
        """

    static let tilesText = """
        <dl class="tiles">
        {{#tiles}}
        <div{{#isWide}} class="wide"{{/isWide}}><dt>{{{term}}}</dt><dd class="figure">{{{figure}}}</dd>{{#note}}<dd><small>{{{note}}}</small></dd>{{/note}}</div>
        {{/tiles}}
        </dl>
        """

    static let filtersText = """
        <div class="filters">
        <nav aria-label="Period"><ul class="choice">
        {{#periods}}
        <li><a href="{{{href}}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{{name}}}</a></li>
        {{/periods}}
        </ul></nav>
        <form method="get" action="{{{action}}}">
        {{#hidden}}
        <input type="hidden" name="{{{name}}}" value="{{{value}}}">
        {{/hidden}}
        {{#choices}}
        <label>{{{label}}} <select name="{{{field}}}">
        {{#options}}
        <option value="{{{value}}}"{{#isCurrent}} selected=""{{/isCurrent}}>{{{name}}}</option>
        {{/options}}
        </select></label>
        {{/choices}}
        <label>Only calls with <input type="text" name="where" value="{{{where}}}" placeholder="{{{example}}}" maxlength="500"></label>
        <button type="submit">Apply</button>
        </form>
        {{#hasChips}}
        <ul class="chips" aria-label="Filters in force">
        {{#chips}}
        <li><a href="{{{href}}}"><bdi>{{{text}}}</bdi> <span aria-hidden="true">×</span><span class="unseen">: remove</span></a></li>
        {{/chips}}
        </ul>
        {{/hasChips}}
        </div>
        """
}
