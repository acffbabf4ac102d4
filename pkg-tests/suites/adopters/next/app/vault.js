"use client";

import { useEffect, useState } from "react";
import { StrongroomError } from "strongroom";
import { story } from "../main-job.js";

export function Vault({ loaded }) {
  const [place, setPlace] = useState("the server");
  useEffect(() => {
    setPlace("the browser");
    window.story = { ...story, shown: () => document.querySelector("p").textContent };
  }, []);
  return (
    <p>
      {loaded} and {typeof StrongroomError} in {place}
    </p>
  );
}
