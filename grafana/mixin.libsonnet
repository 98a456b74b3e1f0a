// SPDX-License-Identifier: Apache-2.0
// The rules and dashboards of this folder as a monitoring mixin: prometheusRules, prometheusAlerts and grafanaDashboards, read
// from the same files. Needs jsonnet 0.18 or later, for std.parseYaml.
//
// Prometheus operator:
//   jsonnet -e '(import "mixin.libsonnet").prometheusRule()' | kubectl apply -n monitoring -f -
// The argument has the labels that the operator selects rules by, for instance prometheusRule({release: "prometheus"}).
//
// kube-prometheus, in its own jsonnet:
//   (import 'kube-prometheus/lib/mixin.libsonnet')({name: 'llm-cost-exporter', namespace: 'monitoring', mixin: import 'mixin.libsonnet'})

// jsonnet 0.18 cannot read block scalars with line ends, which expressions do not need.
local groups(text) = std.parseYaml(std.strReplace(text, 'expr: |\n', 'expr: >-\n')).groups;

{
  local mixin = self,

  prometheusRules+:: {
    groups+: groups(importstr 'prometheus/thresholds.yaml') + groups(importstr 'prometheus/recording.yaml'),
  },

  prometheusAlerts+:: {
    groups+: groups(importstr 'prometheus/alerts.yaml'),
  },

  grafanaDashboards+:: {
    'attribution.json': import 'dashboards/attribution.json',
    'engineering.json': import 'dashboards/engineering.json',
    'exporter.json': import 'dashboards/exporter.json',
    'spend.json': import 'dashboards/spend.json',
    'tokens-and-cache.json': import 'dashboards/tokens-and-cache.json',
    'traces-and-users.json': import 'dashboards/traces-and-users.json',
    'trust.json': import 'dashboards/trust.json',
  },

  // A PrometheusRule with all groups, for the Prometheus operator.
  prometheusRule(labels={}):: {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'llm-cost-exporter',
      labels: { 'app.kubernetes.io/name': 'llm-cost-exporter' } + labels,
    },
    spec: { groups: mixin.prometheusRules.groups + mixin.prometheusAlerts.groups },
  },
}
