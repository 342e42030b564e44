{{- define "waxseal.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "waxseal.instanceLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "waxseal.selectorLabels" -}}
{{ include "waxseal.instanceLabels" . }}
app.kubernetes.io/component: codec-server
{{- end -}}

{{- define "waxseal.labels" -}}
{{ include "waxseal.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- define "waxseal.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "waxseal.fullname" .) -}}
{{- else -}}
{{- required "serviceAccount.create is false: name the ServiceAccount in serviceAccount.name." .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "waxseal.image" -}}
{{- $repository := required "image.repository: name the image that you built from deploy/docker/Dockerfile and pushed." .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "waxseal.tlsSecretName" -}}
{{- .Values.tls.secretName | default (printf "%s-tls" (include "waxseal.fullname" .)) -}}
{{- end -}}

{{- define "waxseal.scheme" -}}
{{- ternary "https" "http" .Values.tls.enabled -}}
{{- end -}}

{{- define "waxseal.servicePort" -}}
{{- .Values.service.port | default (ternary 443 80 .Values.tls.enabled) -}}
{{- end -}}

{{- define "waxseal.basePath" -}}
{{- .Values.config.server.basePath | default "" | trimSuffix "/" -}}
{{- end -}}

{{/* waxseal.config.json: what the user gave, with what the chart knows. */}}
{{- define "waxseal.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- if .Values.tls.enabled -}}
{{- $tls := dict "certFile" "/etc/waxseal/tls/tls.crt" "keyFile" "/etc/waxseal/tls/tls.key" -}}
{{- if .Values.tls.clientCaSecretName -}}
{{- $_ := set $tls "clientCaFile" "/etc/waxseal/client-ca/ca.crt" -}}
{{- end -}}
{{- $_ := set $config.server "tls" $tls -}}
{{- end -}}
{{- $_ := set $config.server "drainDelay" (printf "%ds" (int .Values.drainDelaySeconds)) -}}
{{- $_ := set $config.server "drainTimeout" (printf "%ds" (int .Values.drainTimeoutSeconds)) -}}
{{- if .Values.metrics.enabled -}}
{{- $_ := set $config.server "metrics" true -}}
{{- end -}}
{{- toPrettyJson $config -}}
{{- end -}}
