# SPDX-License-Identifier: Apache-2.0
"""The dashboards as code. `make dashboards` writes them to grafana/dashboards.

`queries` and `coverage` hold PromQL that several panels share, `drivers` the five numbers behind a change of cost, `panels` the
forms of panels, `layout` their places, `variables`, `annotations` and `assembly` what all dashboards have. Each other module is
one dashboard, with a function `build`.
"""
