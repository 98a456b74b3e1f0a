# SPDX-License-Identifier: Apache-2.0
"""The questions over HTTP against their OpenAPI document, by schemathesis.

    make check-api                                          builds a release and checks it, about two minutes
    make check-api ARGS="--seed 7 --examples 500"

A service with a folder and some calls answers two runs. In the first one schemathesis makes requests from the document alone, proper
ones and broken ones, and applies all of its checks but one: proper texts are no proper questions (`tz` is any text there), so that
the service may refuse them. In the second one all questions are meaningful (`questions.py`), and none of them may be refused.

The exit status is 1 if a run finds anything. `scripts/check-api` installs schemathesis into `.build/check-api`.
"""
