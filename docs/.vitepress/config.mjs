import { defineConfig } from "vitepress";

const page = (text, link) => ({ text, link });

export default defineConfig({
  title: "strongroom",
  description: "A key management system that lives in a browser page: it keeps the keys, the cloud keeps the ciphertext.",
  // build.mjs puts the pages there, and says where the site goes.
  srcDir: ".vitepress/pages",
  outDir: process.env.STRONGROOM_DOCS,
  // The search index is one file.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    search: { provider: "local" },
    nav: [page("Guide", "/start"), page("Reference", "/reference/"), page("Changes", "/project/CHANGELOG")],
    outline: [2, 3],
    sidebar: [
      {
        text: "Guide",
        items: [
          page("Begin", "/start"),
          page("Attached or detached", "/objects"),
          page("Files as one thing", "/files"),
          page("Uploads and downloads", "/uploads"),
          page("Reading parts", "/reading"),
          page("Cancelling and progress", "/long-calls"),
          page("Backups", "/backups"),
          page("What opens a vault", "/factors"),
          page("Escrow by a KMS", "/kms/index"),
          page("AWS KMS", "/kms/aws"),
          page("Azure Key Vault", "/kms/azure"),
          page("Google Cloud KMS", "/kms/google"),
          page("A PKCS#11 token", "/kms/hsm"),
          page("Jobs on a server", "/kms/jobs"),
          page("When somebody loses something", "/losses"),
          page("Without a browser", "/cli"),
          page("How well a vault is kept", "/health"),
          page("The life of a key", "/keys"),
          page("What keys and vaults may be used for", "/policies"),
          page("The approval of another person", "/approvals"),
          page("The policy of an organisation", "/organisation"),
          page("What was done with the keys", "/audit"),
          page("Alerts", "/alerts"),
          page("Evidence for others", "/evidence"),
          page("A report for auditors", "/report"),
          page("React", "/react"),
          page("Testing", "/testing"),
          page("Bundlers and servers", "/bundlers"),
          page("Browsers", "/browsers"),
          page("Errors", "/errors"),
        ],
      },
      {
        text: "Security",
        items: [
          page("What it protects against", "/security"),
          page("Threat model", "/threat-model"),
          page("Formats", "/format"),
          page("Benchmarks", "/benchmarks/README"),
          page("Report a vulnerability", "/project/SECURITY"),
        ],
      },
      {
        text: "Reference",
        items: ["standalone", "s3", "kms", "files", "media", "react", "tus", "uppy", "store", "testing"].reduce(
          (items, name) => [...items, page(`strongroom/${name}`, `/reference/${name}`)],
          [page("strongroom", "/reference/")],
        ),
      },
      {
        text: "Project",
        items: [
          page("Architecture", "/project/ARCHITECTURE"),
          page("Contributing", "/project/CONTRIBUTING"),
          page("Changes", "/project/CHANGELOG"),
        ],
      },
    ],
  },
});
