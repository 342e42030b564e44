az keyvault role definition create --hsm-name {{vault}} --role-definition '{
  "roleName": "Waxseal worker",
  "description": "Wraps and unwraps data keys.",
  "actions": [],
  "notActions": [],
  "dataActions": [
    "Microsoft.KeyVault/managedHsm/keys/wrap/action",
    "Microsoft.KeyVault/managedHsm/keys/unwrap/action"
  ],
  "notDataActions": []
}'
az keyvault role assignment create --hsm-name {{vault}} --role "Waxseal worker" \
  --assignee-object-id "${WORKER:?the object ID of your worker}" --assignee-principal-type ServicePrincipal --scope /keys/{{key}}
