/** The texts that a report's lines speak to, and what each says in half a sentence. */
import type { ReportCitation } from "../../shared/model/report-document.js";

const [DORA, NIST] = ["DORA RTS, Regulation (EU) 2024/1774", "NIST SP 800-57 part 1 rev. 5"];
const [PCI, HIPAA] = ["PCI DSS 4.0.1", "HIPAA, 45 CFR"];

/** By id: document, place, what it says. The order is that of the report. */
const TEXTS = {
  "dora-6-4": [DORA, "Art. 6(4)", "cryptographic technology is updated or changed as cryptanalysis develops"],
  "dora-7-1": [DORA, "Art. 7(1)", "keys are managed through their whole lifecycle, from generating to destroying them"],
  "dora-7-2": [DORA, "Art. 7(2)", "controls protect keys against loss, unauthorised access, disclosure and modification"],
  "dora-7-3": [DORA, "Art. 7(3)", "keys that are lost, compromised or damaged can be replaced"],
  "nist-5.3.6": [NIST, "5.3.6 (table 1)", "suggests how long keys of each type are used"],
  "nist-5.6.1": [NIST, "5.6.1 (tables 2 and 3)", "compares the security strengths of algorithms and key sizes"],
  "nist-7": [NIST, "7", "names the states of a key and the transitions between them"],
  "nist-8.2.2.1": [NIST, "8.2.2.1", "keys that have to stay available are backed up"],
  "nist-8.2.3": [NIST, "8.2.3", "a key is changed at the end of its cryptoperiod, or when it may be compromised"],
  "nist-8.3.1": [NIST, "8.3.1", "keys are archived while what they protect may have to be read"],
  "nist-8.3.4": [NIST, "8.3.4", "keys that are needed no more are destroyed"],
  "pci-3.6.1": [PCI, "3.6.1", "procedures protect keys against disclosure and misuse"],
  "pci-3.6.1.1": [PCI, "3.6.1.1", "service providers describe algorithms and keys, with strength, use and expiry date"],
  "pci-3.6.1.2": [PCI, "3.6.1.2", "secret and private keys are stored in one of three forms, such as encrypted with a key-encrypting key"],
  "pci-3.7.1": [PCI, "3.7.1", "strong keys are generated"],
  "pci-3.7.2": [PCI, "3.7.2", "keys are distributed securely"],
  "pci-3.7.3": [PCI, "3.7.3", "keys are stored securely"],
  "pci-3.7.4": [PCI, "3.7.4", "each type of key has a cryptoperiod, at whose end keys are changed"],
  "pci-3.7.5": [PCI, "3.7.5", "keys are retired, replaced or destroyed at the end of their cryptoperiod, or when weakened or compromised"],
  "pci-3.7.7": [PCI, "3.7.7", "keys cannot be substituted without authorisation"],
  "pci-12.3.3": [PCI, "12.3.3", "cipher suites and protocols in use are inventoried and reviewed every 12 months"],
  "hipaa-a-1": [HIPAA, "164.312(a)(1)", "access is for those alone who were granted it"],
  "hipaa-a-2-iv": [HIPAA, "164.312(a)(2)(iv)", "protected health information is encrypted and decrypted by a mechanism (addressable)"],
  "hipaa-b": [HIPAA, "164.312(b)", "mechanisms record and examine activity in systems with protected health information"],
  "hipaa-c-1": [HIPAA, "164.312(c)(1)", "protected health information is guarded against improper alteration and destruction"],
  "hipaa-d": [HIPAA, "164.312(d)", "whoever seeks access is verified to be who they claim to be"],
  "soc2-cc6.1": ["SOC 2", "CC6.1", "the Trust Services Criteria ask for logical access security over information assets; their points of focus name encryption and the protection of keys"],
  "iso-a.8.24": ["ISO/IEC 27001:2022", "A.8.24", "rules for the use of cryptography, key management included, are defined and implemented"],
} as const satisfies Readonly<Record<string, readonly [source: string, place: string, says: string]>>;

export type CitationId = keyof typeof TEXTS;

/** Those that lines of a report cite, in their order. */
export function citationsOf(cited: ReadonlySet<string>): ReportCitation[] {
  return Object.entries(TEXTS)
    .filter(([id]) => cited.has(id))
    .map(([id, [source, place, says]]) => ({ id, source, place, says }));
}
