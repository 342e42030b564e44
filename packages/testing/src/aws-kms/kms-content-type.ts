/** Content type of AWS JSON 1.1. */
export const KMS_CONTENT_TYPE = 'application/x-amz-json-1.1';
