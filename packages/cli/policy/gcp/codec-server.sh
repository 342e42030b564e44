gcloud kms keys add-iam-policy-binding {{key}} \
  --project={{project}} --location={{location}} --keyring={{keyRing}} \
  --member=serviceAccount:codec-server@{{project}}.iam.gserviceaccount.com \
  --role=roles/cloudkms.cryptoKeyDecrypter
