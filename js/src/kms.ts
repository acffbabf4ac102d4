/**
 * Keys of cloud providers' key management services, for `escrowKey`: AWS KMS, Azure Key Vault and Google Cloud KMS. An entry point of its own,
 * `strongroom/kms`: pages that do not import it do not download it.
 */
export { awsKms } from "./adapters/kms/aws-kms.js";
export type { AwsCredentials, AwsKmsAdapter, AwsKmsOptions, CredentialsRequest } from "./adapters/kms/aws-kms.js";
export { azureKeyVault } from "./adapters/kms/azure-key-vault.js";
export type { AzureKeyVaultAdapter, AzureKeyVaultOptions } from "./adapters/kms/azure-key-vault.js";
export { googleKms } from "./adapters/kms/google-kms.js";
export type { GoogleKmsAdapter, GoogleKmsOptions } from "./adapters/kms/google-kms.js";
export type { KmsCallOptions } from "./adapters/kms/kms-calls.js";
export type { KmsRefreshOptions } from "./adapters/kms/kms-refresh.js";
export type { KmsTransport } from "./adapters/kms/kms-transport.js";
export type { AccessToken, AccessTokenRequest } from "./adapters/kms/kms-values.js";
export type { KmsAdapter, KmsPublicJwk, KmsUnwrapRequest } from "./shared/model/kms-adapter.js";
export type { KmsRequest, KmsResponse, KmsSecretRequest, KmsSecretResponse, KmsSend, SecretMember } from "./shared/model/kms-request.js";
export type { KmsSecret } from "./shared/model/kms-secret.js";
export type { PublicJwk, RsaPublicJwk } from "./shared/model/jwk.js";
export { KmsError } from "./shared/errors/index.js";
export type { KmsReason } from "./shared/errors/index.js";
