// SPDX-License-Identifier: Apache-2.0

/// The prices of models.
extension Template {
    static let pricesText = """
        <section class="card" aria-labelledby="{{{id}}}">
        <h2 id="{{{id}}}">{{{heading}}}</h2>
        <p class="quiet">{{{summary}}}</p>
        {{#hasRows}}
        <div class="scroll" tabindex="0" role="group" aria-labelledby="{{{id}}}">
        <table>
        <caption>{{{caption}}}</caption>
        <thead><tr><th scope="col">What</th><th scope="col" class="number">Price</th><th scope="col">For which calls</th>\
        <th scope="col">From</th><th scope="col">Until</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row">{{{rowName}}}</th><td class="number">{{{price}}}</td><td>{{{condition}}}</td>\
        <td class="date">{{{from}}}</td><td class="date">{{{until}}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        {{/hasRows}}
        </section>
        """
}
