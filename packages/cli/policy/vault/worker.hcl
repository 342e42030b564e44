path "{{mount}}/encrypt/{{key}}" {
  capabilities = ["update"]
}
path "{{mount}}/decrypt/{{key}}" {
  capabilities = ["update"]
}
