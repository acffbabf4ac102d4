/**
 * The vendors' own clients against the fakes of their services, and AWS's against MiniStack too.
 *
 * `docs/kms/verify-aws.sh`, `verify-azure.sh` and `verify-google.sh` run this file against a real service instead:
 * `STRONGROOM_KMS` names it. It makes keys there, and deletes them as far as the provider lets it.
 */
import { awsFake } from "./aws-fake.mjs";
import { awsConforms } from "./aws.mjs";
import { azureFake } from "./azure-fake.mjs";
import { azureConforms } from "./azure.mjs";
import { googleFake } from "./google-fake.mjs";
import { googleConforms } from "./google.mjs";
import { ministack } from "./ministack.mjs";
import { realAws, realAzure, realGoogle } from "./real.mjs";

const asked = process.env.STRONGROOM_KMS;
if (asked === undefined) {
  awsConforms("the fake", awsFake());
  awsConforms("MiniStack", ministack());
  azureConforms("the fake", azureFake());
  googleConforms("the fake", googleFake());
} else if (asked === "aws") {
  awsConforms("AWS", realAws());
} else if (asked === "azure") {
  azureConforms("Azure", realAzure());
} else if (asked === "google") {
  googleConforms("Google Cloud", realGoogle());
} else {
  throw new Error(`STRONGROOM_KMS is ${asked}: aws, azure or google`);
}
