path "{{mount}}/decrypt/{{key}}" {
  capabilities = ["update"]
}
