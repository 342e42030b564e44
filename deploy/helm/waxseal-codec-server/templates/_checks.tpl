{{/* Combinations that would be open, or could not work, are refused before anything is installed. */}}
{{- define "waxseal.checks" -}}
{{- $server := .Values.config.server | default dict -}}
{{- if not (or .Values.config.primaryKey .Values.config.decryptKeys) -}}
{{- fail "config: name a key in config.decryptKeys, or in config.primaryKey where the server encodes too." -}}
{{- end -}}
{{- if not $server.auth -}}
{{- fail "config.server.auth is missing: everyone who reaches the Service could decrypt your payloads. See docs/codec-server.md, \"Sign in\"." -}}
{{- end -}}
{{- if $server.tls -}}
{{- fail "config.server.tls: leave it out and set tls.secretName or tls.certManager; the chart writes it." -}}
{{- end -}}
{{- if hasKey $server "metrics" -}}
{{- fail "config.server.metrics: leave it out and set metrics.enabled; the chart writes it." -}}
{{- end -}}
{{- range list "drainDelay" "drainTimeout" -}}
{{- if hasKey $server . -}}
{{- fail (printf "config.server.%s: leave it out and set %sSeconds; the chart writes it." . .) -}}
{{- end -}}
{{- end -}}
{{- if has $server.host (list "127.0.0.1" "::1" "localhost") -}}
{{- fail "config.server.host is a loopback address: nothing outside the pod would reach it. Use 0.0.0.0, or :: with IPv6." -}}
{{- end -}}
{{- if lt (int $server.port) 1024 -}}
{{- fail "config.server.port must be 1024 or higher: the process has no right to bind others." -}}
{{- end -}}
{{- if and $server.audit (not (has $server.audit (list "stdout" "otlp"))) (not .Values.extraVolumeMounts) -}}
{{- fail "config.server.audit names a file, but the file system is read-only: use stdout, or mount a volume with extraVolumes and extraVolumeMounts." -}}
{{- end -}}
{{- $certificates := false -}}
{{- range $server.auth -}}
{{- if eq (.type | default "") "client-certificate" }}{{ $certificates = true }}{{ end -}}
{{- if and (eq (.type | default "") "client-certificate") (not (and $.Values.tls.enabled $.Values.tls.clientCaSecretName)) -}}
{{- fail "config.server.auth has a client-certificate entry: set tls.enabled and tls.clientCaSecretName." -}}
{{- end -}}
{{- range .tokens -}}
{{- if hasKey . "token" -}}
{{- fail "config.server.auth holds a token in clear, and the ConfigMap is no place for it: give its tokenSha256." -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.tls.clientCaSecretName (not $certificates) -}}
{{- fail "tls.clientCaSecretName is set, but nothing looks at certificates: add an entry of the type client-certificate to config.server.auth." -}}
{{- end -}}
{{- if .Values.tls.enabled -}}
{{- if and (not .Values.tls.secretName) (not .Values.tls.certManager.enabled) -}}
{{- fail "tls.enabled needs a certificate: set tls.secretName, or tls.certManager.enabled." -}}
{{- end -}}
{{- if and .Values.tls.certManager.enabled (not .Values.tls.certManager.issuerRef.name) -}}
{{- fail "tls.certManager.issuerRef.name: name the Issuer." -}}
{{- end -}}
{{- else if ne .Values.service.type "ClusterIP" -}}
{{- fail "service.type is not ClusterIP and tls.enabled is false: tokens and plaintext would cross the network in clear." -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not (and .Values.ingress.hosts .Values.ingress.tls)) -}}
{{- fail "ingress.enabled needs ingress.hosts and ingress.tls: browsers send tokens." -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.enabled) -}}
{{- fail "metrics.serviceMonitor.enabled needs metrics.enabled." -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.tls.enabled (not .Values.metrics.serviceMonitor.tlsConfig) -}}
{{- fail "metrics.serviceMonitor.tlsConfig: say which authority Prometheus trusts, and for which serverName." -}}
{{- end -}}
{{- if le (int .Values.terminationGracePeriodSeconds) (add (int .Values.drainDelaySeconds) (int .Values.drainTimeoutSeconds)) -}}
{{- fail "terminationGracePeriodSeconds must be more than drainDelaySeconds and drainTimeoutSeconds together." -}}
{{- end -}}
{{- end -}}
