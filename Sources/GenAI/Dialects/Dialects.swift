// SPDX-License-Identifier: Apache-2.0

/// The built-in dialects.
package enum Dialects {
    package static let all: [any Dialect] = [
        LangfuseDialect(),
        OpenInferenceDialect(),
        MLflowDialect(),
        VercelDialect(),
        LogfireDialect(),
        LangSmithDialect(),
        GenkitDialect(),
        OpenTelemetryDialect(),
        AnthropicSDKDialect(),
        TraceloopDialect(),
        PydanticAIDialect(),
        LiteLLMDialect(),
        StrandsDialect(),
        OpenLITDialect(),
        ClaudeCodeDialect(),
        GoogleADKDialect(),
    ]
}
