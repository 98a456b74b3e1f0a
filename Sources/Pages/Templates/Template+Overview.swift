// SPDX-License-Identifier: Apache-2.0

/// The overview and its sections.
extension Template {
    static let overviewText = """
        {{{tiles}}}
        {{{filters}}}
        {{{chart}}}
        <div class="columns">
        {{{breakdown}}}
        {{{drivers}}}
        </div>
        {{{traces}}}
        {{{service}}}
        """

    static let chartText = """
        <section class="card" aria-labelledby="{{{id}}}">
        <div class="heading">
        <h2 id="{{{id}}}">{{{heading}}}</h2>
        <p>{{{summary}}}</p>
        </div>
        <ul class="legend">
        {{#series}}
        <li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="{{{colour}}}" width="10" height="10" rx="2"/></svg>\
        {{#href}}<a href="{{{href}}}">{{{name}}}</a>{{/href}}{{^href}}{{{name}}}{{/href}} <span class="quiet">{{{total}}}</span></li>
        {{/series}}
        </ul>
        <div class="plot">
        <div class="scale" aria-hidden="true">{{#scale}}<span>{{{label}}}</span>{{/scale}}</div>
        {{{drawing}}}
        <div class="ticks" aria-hidden="true">{{#ticks}}<span>{{{label}}}</span>{{/ticks}}</div>
        </div>
        <details>
        <summary>The chart as a table</summary>
        <div class="scroll" tabindex="0" role="group" aria-labelledby="{{{id}}}">
        <table>
        <caption>{{{caption}}}</caption>
        <thead><tr><th scope="col">{{{unit}}}</th><th scope="col" class="number">Total</th>{{#series}}<th scope="col" class="number">{{{name}}}</th>{{/series}}</tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row"><a href="{{{rowHref}}}">{{{rowName}}}</a></th>{{#cells}}<td class="number">{{{cell}}}</td>{{/cells}}</tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        </details>
        </section>
        """

    static let breakdownText = """
        <section class="card" aria-labelledby="{{{id}}}">
        <div class="heading">
        <h2 id="{{{id}}}">{{{heading}}}</h2>
        <p>{{#links}}<a href="{{{href}}}">{{{name}}}</a> {{/links}}</p>
        </div>
        {{#message}}
        <p>{{{message}}}</p>
        {{/message}}
        {{#hasRows}}
        <div class="scroll" tabindex="0" role="group" aria-labelledby="{{{id}}}">
        <table>
        <caption>{{{caption}}}</caption>
        <thead><tr><th scope="col">{{{column}}}</th>{{#hasMoney}}<th scope="col" class="number">Spend</th>\
        <th scope="col">Share</th><th scope="col" class="number">Change</th>{{/hasMoney}}<th scope="col" class="number">Calls</th>\
        <th scope="col" class="number">Tokens</th>{{#hasMoney}}<th scope="col" class="number">Per call</th>{{/hasMoney}}</tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row">{{#rowHref}}<a href="{{{rowHref}}}">{{{rowName}}}</a>{{/rowHref}}{{^rowHref}}{{{rowName}}}{{/rowHref}}{{{note}}}</th>\
        {{#hasMoney}}<td class="number">{{{cost}}}</td><td class="share">{{{share}}}</td><td class="number">{{{change}}}</td>{{/hasMoney}}\
        <td class="number">{{{calls}}}</td><td class="number">{{{tokens}}}</td>\
        {{#hasMoney}}<td class="number">{{{average}}}</td>{{/hasMoney}}</tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        {{/hasRows}}
        </section>
        """

    static let driversText = """
        <section class="card" aria-labelledby="drivers">
        <h2 id="drivers">What drove the change</h2>
        <p>{{{summary}}}</p>
        {{#hasRows}}
        <div class="scroll" tabindex="0" role="group" aria-labelledby="drivers">
        <table class="drivers">
        <caption>{{{caption}}}</caption>
        <thead><tr><th scope="col">Part</th><th scope="col">Down or up</th><th scope="col" class="number">Amount</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row">{{{rowName}}}<small>{{{note}}}</small></th><td class="diverging">{{{bar}}}</td><td class="number">{{{amount}}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        {{/hasRows}}
        </section>
        """
}
