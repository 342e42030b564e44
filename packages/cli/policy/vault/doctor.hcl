path "{{mount}}/encrypt/{{key}}" {
  capabilities = ["update"]
}
path "{{mount}}/decrypt/{{key}}" {
  capabilities = ["update"]
}
path "{{mount}}/keys/{{key}}" {
  capabilities = ["read"]
}
# The default policy has these: for tokens that are made without it.
path "sys/capabilities-self" {
  capabilities = ["update"]
}
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
