/**
 * What API Gateway's HTTP APIs and Lambda function URLs give to a function: payload format 2.0. Headers have
 * lower-case names, and those that a client sent several times are joined by commas; cookies stand apart.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export interface HttpEvent {
  readonly version: string;
  /** With the name of the stage, where that is not `$default`. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: {
    readonly domainName: string;
    readonly http: { readonly method: string };
  };
  readonly body?: string | null;
  readonly isBase64Encoded: boolean;
}
