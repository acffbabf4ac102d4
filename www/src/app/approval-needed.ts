import { Problem } from "../ui/problem";

/** A policy wants the approval of somebody else. Nothing was done; `ask` requests it for exactly what was refused. */
export class ApprovalNeeded extends Problem {
  readonly ask: () => Promise<void>;

  constructor(message: string, ask: () => Promise<void>) {
    super(message);
    this.ask = ask;
  }
}
