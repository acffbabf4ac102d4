import {
  AbortOptions,
  KmsAdapter,
  KmsError,
  KmsPublicJwk,
  KmsReason,
  KmsRequest,
  KmsResponse,
  KmsSecret,
  KmsSecretRequest,
  KmsSecretResponse,
  KmsSend,
  KmsUnwrapRequest,
  PublicJwk,
  RsaPublicJwk,
  SecretMember,
} from "./common.js";

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
  type KmsSecret,
  type KmsSecretRequest,
  type KmsSecretResponse,
  type KmsSend,
  type KmsTransport,
  type KmsUnwrapRequest,
  type PublicJwk,
  type RsaPublicJwk,
  type SecretMember,
  awsKms,
  azureKeyVault,
  googleKms,
};
