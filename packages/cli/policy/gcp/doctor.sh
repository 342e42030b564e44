gcloud iam roles create waxsealDoctor --project={{project}} --file=waxseal-doctor.yaml
gcloud kms keys add-iam-policy-binding {{key}} \
  --project={{project}} --location={{location}} --keyring={{keyRing}} \
  --member=serviceAccount:doctor@{{project}}.iam.gserviceaccount.com \
  --role=projects/{{project}}/roles/waxsealDoctor
