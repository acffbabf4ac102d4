import {
  AbortOptions,
  KmsAdapter,
  KmsError,
  KmsPublicJwk,
  KmsReason,
  KmsUnwrapRequest,
  PublicJwk,
  RsaPublicJwk,
} from "./common.js";

interface KmsRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}
interface KmsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>> | Headers;
  readonly body: string;
}
type KmsTransport = (request: KmsRequest) => Promise<KmsResponse>;
interface KmsCallOptions {
  transport?: KmsTransport | undefined;
  timeout?: number | undefined;
  retries?: number | undefined;
}
interface KmsRefreshOptions extends AbortOptions {
  readonly thumbprint?: string | undefined;
}
interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}
interface CredentialsRequest {
  readonly renew: boolean;
  readonly signal: AbortSignal;
}
interface AwsKmsOptions extends KmsCallOptions {
  key: string | readonly string[];
  credentials?: ((request: CredentialsRequest) => AwsCredentials | Promise<AwsCredentials>) | undefined;
  region?: string | undefined;
  publicKey?: object | undefined;
  endpoint?: string | undefined;
}
interface AwsKmsAdapter extends KmsAdapter {
  readonly keyIds: readonly string[];
  refresh(options: {
    readonly alias: string;
  } & KmsRefreshOptions): Promise<KmsPublicJwk>;
  test(options?: AbortOptions): Promise<void>;
}
declare function awsKms(options: AwsKmsOptions): AwsKmsAdapter;
interface AccessTokenRequest {
  readonly renew: boolean;
  readonly signal: AbortSignal;
}
type AccessToken = (request: AccessTokenRequest) => string | Promise<string>;
interface AzureKeyVaultOptions extends KmsCallOptions {
  key: string;
  accessToken?: AccessToken | undefined;
  endpoint?: string | undefined;
  publicKey?: object | undefined;
}
interface AzureKeyVaultAdapter extends KmsAdapter {
  readonly keyIds: readonly string[];
  refresh(options?: KmsRefreshOptions): Promise<KmsPublicJwk>;
}
declare function azureKeyVault(options: AzureKeyVaultOptions): AzureKeyVaultAdapter;
interface GoogleKmsOptions extends KmsCallOptions {
  key: string;
  accessToken?: AccessToken | undefined;
  endpoint?: string | undefined;
  publicKey?: object | undefined;
}
interface GoogleKmsAdapter extends KmsAdapter {
  readonly keyIds: readonly string[];
  refresh(options?: KmsRefreshOptions): Promise<KmsPublicJwk>;
}
declare function googleKms(options: GoogleKmsOptions): GoogleKmsAdapter;
export {
  type AccessToken,
  type AccessTokenRequest,
  type AwsCredentials,
  type AwsKmsAdapter,
  type AwsKmsOptions,
  type AzureKeyVaultAdapter,
  type AzureKeyVaultOptions,
  type CredentialsRequest,
  type GoogleKmsAdapter,
  type GoogleKmsOptions,
  type KmsAdapter,
  type KmsCallOptions,
  KmsError,
  type KmsPublicJwk,
  type KmsReason,
  type KmsRefreshOptions,
  type KmsRequest,
  type KmsResponse,
  type KmsTransport,
  type KmsUnwrapRequest,
  type PublicJwk,
  type RsaPublicJwk,
  awsKms,
  azureKeyVault,
  googleKms,
};
