# SPDX-License-Identifier: Apache-2.0
"""The dashboards as code. `make dashboards` writes them to grafana/dashboards.

`queries` and `coverage` hold PromQL that several panels share, `drivers` the five numbers behind a change of cost, `panels` the
forms of panels and `tables` that of tables, `infinity` panels that ask the service itself, `layout` their places, `common`,
`variables`, `annotations` and `assembly` what dashboards share. `boards` holds the dashboards, and `collection` writes them.
"""
