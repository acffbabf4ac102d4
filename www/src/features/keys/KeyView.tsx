import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { addressOf } from "../../app/route";
import text from "../../ui/text.module.css";
import type { KeySnapshot } from "./key-detail";
import { PolicyCard } from "../policies/PolicyCard";
import { Protected } from "./dependents/Protected";
import { KeyHead } from "./KeyHead";
import styles from "./KeyView.module.css";
import type { KeysModel } from "./model";
import { TimeLine } from "./timeline/TimeLine";
import { Versions } from "./Versions";
import { VersionView } from "./VersionView";

/** How often the page is read again, in ms: use counts are written about as often. */
const REFRESH = 10_000;

interface Props {
  keys: KeysModel;
  id: string;
  /** The number of the selected version; the primary one if there is no such version. */
  version: number | undefined;
}

/** One key: its facts, its versions over time, and the actions. */
export function KeyView({ keys, id, version }: Props) {
  useEffect(() => {
    keys.open(id);
    const timer = setInterval(() => keys.refreshDetail(), REFRESH);
    return () => clearInterval(timer);
  }, [keys, id]);
  return (
    <>
      <p class={styles.trail}>
        <a class={`${text.link} ${styles.back}`} href={addressOf.keys} data-testid="all-keys">
          All keys
        </a>
      </p>
      <Content keys={keys} id={id} version={version} />
    </>
  );
}

function Content({ keys, id, version }: Props) {
  const snapshot = keys.detail?.id === id ? keys.detail.snapshot : undefined;
  if (snapshot === undefined) return <Placeholder title="Key">Reading the key…</Placeholder>;
  if (snapshot === "missing") {
    return (
      <Placeholder title="Key not found">
        This vault has no key with this ID. It may be in another vault, or it was a session key that has ended.
      </Placeholder>
    );
  }
  return <Page keys={keys} snapshot={snapshot} version={version} />;
}

function Placeholder({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <>
      <h2 id="console-title">{title}</h2>
      <p class={text.placeholder}>{children}</p>
    </>
  );
}

interface PageProps {
  keys: KeysModel;
  snapshot: KeySnapshot;
  version: number | undefined;
}

function Page({ keys, snapshot: { key, dependents, protects, now }, version }: PageProps) {
  const selected = key.versions.find(({ number }) => number === version) ?? key.primaryVersion;
  return (
    <article class={styles.page} data-testid="key-page" data-alias={key.alias}>
      <KeyHead of={key} actions={keys.actions} />
      {!key.session && (
        <section aria-labelledby="protects-title">
          <h3 id="protects-title">What this key protects</h3>
          <Protected files={keys.files} of={key} protects={protects} />
        </section>
      )}
      {!key.session && <PolicyCard of={key} keys={keys} />}
      <section aria-labelledby="versions-title">
        <h3 id="versions-title">Versions</h3>
        <TimeLine of={key} now={now} selected={selected.number} />
        <Versions of={key} dependents={dependents} selected={selected.number} />
      </section>
      <VersionView
        key={selected.id}
        keys={keys}
        of={key}
        version={selected}
        dependents={dependents.get(selected.id) ?? 0}
      />
    </article>
  );
}
