// SPDX-License-Identifier: Apache-2.0

/// Traces and sessions.
extension Template {
    static let tracesText = """
        <section class="card" aria-labelledby="{{{id}}}">
        <div class="heading">
        <h2 id="{{{id}}}">{{{heading}}}</h2>
        <p>{{{more}}}</p>
        </div>
        {{#message}}
        <p>{{{message}}}</p>
        {{/message}}
        {{#hasRows}}
        <div class="scroll" tabindex="0" role="group" aria-labelledby="{{{id}}}">
        <table>
        <caption>{{{caption}}}</caption>
        <thead><tr><th scope="col">Trace</th><th scope="col" class="number">Cost</th><th scope="col" class="number">Calls</th>\
        <th scope="col" class="number">Tokens</th><th scope="col" class="number">Duration</th>\
        {{#columns}}<th scope="col">{{{column}}}</th>{{/columns}}<th scope="col">Begin</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row"><a href="{{{rowHref}}}">{{{rowName}}}</a><small><span class="id">{{{short}}}</span><span class="inline">{{{note}}}</span></small></th>\
        <td class="number">{{{cost}}}</td><td class="number">{{{calls}}}</td><td class="number">{{{tokens}}}</td>\
        <td class="number">{{{duration}}}</td>{{#cells}}<td>{{{cell}}}</td>{{/cells}}<td>{{{begin}}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        {{/hasRows}}
        </section>
        """

    static let finderText = """
        <form method="get" action="/traces" class="finder">
        <label>A trace by its id <input type="text" name="id" placeholder="{{{example}}}" pattern="[0-9a-fA-F]{32}" \
        title="32 hexadecimal digits" required=""></label>
        <button type="submit">Show</button>
        </form>
        """

    static let traceText = """
        {{{tiles}}}
        <section class="card" aria-labelledby="spans">
        <div class="heading">
        <h2 id="spans">Calls</h2>
        <p><a href="{{{json}}}">JSON</a></p>
        </div>
        {{#message}}
        <p class="warning">{{{message}}}</p>
        {{/message}}
        <div class="scroll" tabindex="0" role="group" aria-labelledby="spans">
        <table class="tree">
        <caption>{{{caption}}}</caption>
        <thead><tr><th scope="col">Call</th><th scope="col" class="number">Cost</th><th scope="col">Share</th>\
        <th scope="col" class="number">Tokens in</th><th scope="col" class="number">of it cached</th>\
        <th scope="col" class="number">Tokens out</th><th scope="col" class="number">Duration</th>\
        <th scope="col">When</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr{{#anchor}} id="{{{anchor}}}"{{/anchor}}{{#isDropped}} class="dropped"{{/isDropped}}>\
        <th scope="row" class="depth{{{depth}}}">{{#level}}<span class="unseen">{{{level}}}</span>{{/level}}{{{rowName}}}{{{note}}}</th>\
        <td class="number">{{{cost}}}</td><td class="share">{{{share}}}</td><td class="number">{{{input}}}</td>\
        <td class="number">{{{cached}}}</td><td class="number">{{{output}}}</td><td class="number">{{{duration}}}</td>\
        <td class="when">{{{when}}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        </section>
        """
}
