az role definition create --role-definition @worker.json
az role assignment create --role "Waxseal worker" \
  --assignee-object-id "${WORKER:?the object ID of your worker}" --assignee-principal-type ServicePrincipal \
  --scope "$(az keyvault show --name {{vault}} --query id --output tsv)/keys/{{key}}"
