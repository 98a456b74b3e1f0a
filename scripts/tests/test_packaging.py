# SPDX-License-Identifier: Apache-2.0
"""The files of packaging agree with each other: names, ports, paths and versions.

That the program has each flag, variable and key that they use is tested by Tests/EndToEndTests/Scripts/packaging_uses.py.
"""

import re
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
SETTINGS = "/etc/llm-cost-exporter/settings.yaml"
FOLDER = "/var/lib/llm-cost-exporter"


def text(name: str) -> str:
    return (PACKAGING / name).read_text(encoding="utf-8")


def objects(name: str) -> list:
    return list(yaml.safe_load_all(text(name)))


class Packaging(unittest.TestCase):
    def test_the_package_keeps_the_settings_that_the_unit_reads(self):
        (path,) = text("debian/conffiles").split()
        self.assertEqual(path, SETTINGS)
        self.assertIn(f"--config.file {path}\n", text("llm-cost-exporter.service"))

    def test_the_folder_of_the_settings_is_the_state_of_the_unit_and_goes_with_a_purge(self):
        (settings,) = objects("settings.yaml")
        self.assertEqual(settings["storage"]["path"], FOLDER)
        unit = re.findall(r"^(StateDirectory|StateDirectoryMode|DynamicUser)=(.*)$", text("llm-cost-exporter.service"), re.M)
        self.assertEqual(dict(unit), {"StateDirectory": Path(FOLDER).name, "StateDirectoryMode": "0700", "DynamicUser": "yes"})
        (removed,) = re.findall(r"rm -rf (.*)$", text("debian/postrm"), re.M)
        self.assertEqual(removed.split(), [FOLDER, FOLDER.replace("/lib/", "/lib/private/")])


class Compose(unittest.TestCase):
    def setUp(self):
        (self.compose,) = objects("docker/compose.yaml")
        self.services = self.compose["services"]

    def test_each_mounted_file_exists(self):
        mounts = [mount for service in self.services.values() for mount in service.get("volumes", [])]
        files = [mount.split(":")[0] for mount in mounts if mount.startswith(".")]
        self.assertEqual(len(files), 7)
        for name in files:
            self.assertTrue((PACKAGING / "docker" / name).exists(), name)
        self.assertIn(f"./settings.yaml:{SETTINGS}:ro", mounts)

    def test_the_folder_is_in_a_volume_that_the_user_of_the_image_may_write(self):
        (settings,) = objects("docker/settings.yaml")
        self.assertEqual(settings["storage"]["path"], FOLDER)
        self.assertIn(f"ledger:{FOLDER}", self.services["llm-cost-exporter"]["volumes"])
        self.assertIn("ledger", self.compose["volumes"])
        docker = text("docker/Dockerfile")
        (user,) = re.findall(r"^USER (\d+:\d+)$", docker, re.M)
        owner = " ".join(f"-{flag} {number}" for flag, number in zip("og", user.split(":"), strict=True))
        made, kept, user = (docker.index(line) for line in (f"RUN install -d -m 700 {owner} {FOLDER}\n", f"VOLUME {FOLDER}\n", "USER "))
        self.assertLess(made, kept, "a volume takes its owner from the image as it is then")
        self.assertLess(made, user, "only root may give a folder away")

    def test_services_find_each_other(self):
        (collector,), (prometheus,), (grafana,) = map(
            objects, ("docker/collector.yaml", "docker/prometheus.yaml", "docker/grafana-datasource.yaml"))
        (settings,) = objects("docker/settings.yaml")
        service = "llm-cost-exporter"
        self.assertIn(service, self.services)
        self.assertEqual(collector["exporters"]["otlphttp/llm-cost"]["endpoint"],
                         f"http://{service}{settings['otlp']['listen_address']}")
        self.assertEqual(prometheus["scrape_configs"][0]["static_configs"][0]["targets"],
                         [service + settings["web"]["listen_address"]])
        self.assertEqual(settings["web"]["allowed_hosts"], [service])
        urls = {source["type"]: source["url"] for source in grafana["datasources"]}
        self.assertEqual(urls, {"prometheus": "http://prometheus:9090", "yesoreyeram-infinity-datasource":
                                f"http://{service}{settings['web']['listen_address']}"})
        self.assertIn("prometheus", self.services)
        self.assertIn("yesoreyeram-infinity-datasource", self.services["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_SYNC"])

    def test_prometheus_and_grafana_find_what_is_mounted(self):
        def targets(service):
            return [mount.split(":")[1] for mount in self.services[service]["volumes"]]

        (prometheus,) = objects("docker/prometheus.yaml")
        (provider,) = objects("../grafana/provisioning/dashboards/llm-cost-exporter.yaml")
        (rules,) = prometheus["rule_files"]
        self.assertIn(f"/etc/prometheus/{rules.removesuffix('/*.yaml')}", targets("prometheus"))
        self.assertIn("../../grafana/prometheus:", " ".join(self.services["prometheus"]["volumes"]))
        self.assertIn(provider["providers"][0]["options"]["path"], targets("grafana"))

    def test_ports_are_published_for_this_machine_alone_and_none_of_the_service(self):
        self.assertNotIn("ports", self.services["llm-cost-exporter"])
        for service in self.services.values():
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_each_pipeline_of_the_collector_has_its_parts(self):
        (collector,) = objects("docker/collector.yaml")
        for pipeline in collector["service"]["pipelines"].values():
            for kind, names in pipeline.items():
                self.assertLessEqual(set(names), set(collector[kind]), kind)

    def test_the_image_listens_where_it_says_and_where_its_health_check_asks(self):
        docker = text("docker/Dockerfile")
        (ports,) = re.findall(r"^EXPOSE (.*)$", docker, re.M)
        self.assertEqual(re.findall(r"LISTEN_ADDRESS=:(\d+)", docker), ports.split())
        self.assertIn("/dev/tcp/127.0.0.1/9464 ", docker)
        self.assertRegex(docker, r"(?m)^USER \d{5}:\d{5}$")
        for copied in re.findall(r"^COPY (packaging/\S+)", docker, re.M):
            self.assertTrue((ROOT / copied).is_file(), copied)


class Kubernetes(unittest.TestCase):
    def setUp(self):
        self.objects = {(item["kind"], item["metadata"]["name"]): item
                        for item in objects("kubernetes/llm-cost-exporter.yaml")}
        self.set = self.objects["StatefulSet", "llm-cost-exporter"]["spec"]
        self.pod = self.set["template"]["spec"]
        (self.container,) = self.pod["containers"]
        self.labels = self.set["template"]["metadata"]["labels"].items()

    def services(self):
        return [item for (kind, _), item in self.objects.items() if kind == "Service"]

    def test_selectors_select_the_pod(self):
        policy = self.objects["NetworkPolicy", "llm-cost-exporter"]["spec"]
        selectors = [self.set["selector"]["matchLabels"], policy["podSelector"]["matchLabels"]]
        selectors += [service["spec"]["selector"] for service in self.services()]
        self.assertEqual(len(selectors), 4)
        for selector in selectors:
            self.assertLessEqual(selector.items(), self.labels)

    def test_names_of_ports_are_those_of_the_container(self):
        ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}
        settings = yaml.safe_load(self.objects["ConfigMap", "llm-cost-exporter"]["data"]["settings.yaml"])
        self.assertEqual(ports, {door: int(settings[door]["listen_address"][1:]) for door in ("otlp", "web")})
        (host,) = settings["web"]["allowed_hosts"]
        self.assertIn(("Service", host), self.objects)
        for service in self.services():
            for port in service["spec"]["ports"]:
                self.assertEqual(port["port"], ports[port["targetPort"]])
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            self.assertEqual(self.container[probe]["httpGet"]["port"], "web")

    def test_only_prometheus_reaches_the_web_listener(self):
        rules = self.objects["NetworkPolicy", "llm-cost-exporter"]["spec"]["ingress"]
        (web,) = [rule for rule in rules if {"port": "web"} in rule["ports"]]
        self.assertEqual(web["ports"], [{"port": "web"}])
        for peer in web["from"]:
            self.assertEqual(peer["podSelector"]["matchLabels"], {"app.kubernetes.io/name": "prometheus"})

    def test_the_monitor_finds_the_service_of_the_metrics_alone(self):
        (monitor,) = objects("kubernetes/service-monitor.yaml")
        wanted = monitor["spec"]["selector"]["matchLabels"].items()
        found = [service for service in self.services() if wanted <= service["metadata"]["labels"].items()]
        (endpoint,) = monitor["spec"]["endpoints"]
        self.assertEqual(found[0]["metadata"]["labels"][monitor["spec"]["jobLabel"]], "llm-cost-exporter")
        self.assertEqual([service["metadata"]["name"] for service in found], ["llm-cost-exporter-metrics"])
        self.assertEqual([port["name"] for port in found[0]["spec"]["ports"]], [endpoint["port"]])
        self.assertEqual(endpoint["path"], "/metrics")

    def test_the_settings_are_mounted_where_the_arguments_name_them(self):
        (volume,) = self.pod["volumes"]
        (mount,) = [mount for mount in self.container["volumeMounts"] if mount["name"] == volume["name"]]
        key = volume["configMap"]["name"]
        (file,) = self.objects["ConfigMap", key]["data"]
        self.assertEqual(self.container["args"], ["serve", "--config.file", f"{mount['mountPath']}/{file}"])

    def test_one_pod_has_the_folder_and_may_write_it(self):
        settings = yaml.safe_load(self.objects["ConfigMap", "llm-cost-exporter"]["data"]["settings.yaml"])
        (claim,) = self.set["volumeClaimTemplates"]
        (mount,) = [mount for mount in self.container["volumeMounts"] if mount["name"] == claim["metadata"]["name"]]
        self.assertEqual(mount["mountPath"], settings["storage"]["path"])
        self.assertNotIn("readOnly", mount)
        self.assertEqual(claim["spec"]["accessModes"], ["ReadWriteOnce"])
        context = self.pod["securityContext"]
        self.assertEqual(context["fsGroup"], context["runAsGroup"])
        self.assertEqual(self.set["replicas"], 1)
        governing = self.objects["Service", self.set["serviceName"]]["spec"]
        self.assertEqual((governing["clusterIP"], governing["publishNotReadyAddresses"]), ("None", True))

    def test_no_variables_are_injected_and_the_process_has_time_to_end(self):
        self.assertIs(self.pod["enableServiceLinks"], False)
        (compose,) = objects("docker/compose.yaml")
        grace = self.pod["terminationGracePeriodSeconds"]
        self.assertEqual(compose["services"]["llm-cost-exporter"]["stop_grace_period"], f"{grace}s")
        self.assertGreaterEqual(grace, 25 + 10)

    def test_the_image_has_the_version_of_the_source(self):
        version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
        self.assertEqual(self.container["image"], f"llm-cost-exporter:{version}")


if __name__ == "__main__":
    unittest.main()
