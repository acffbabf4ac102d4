/** What the demo page prints: caught where the browser would open its own window for it. */

/** From now on, until the page is loaded again. @param {import("selenium-webdriver").WebDriver} driver */
export const catchPrints = (driver) => driver.executeScript(CATCH);

/** The documents that were printed, with their styles in them. @param {import("selenium-webdriver").WebDriver} driver @returns {Promise<string[]>} */
export const printedBy = (driver) => driver.executeScript("return window.printedDocuments");

const CATCH = `
  window.printedDocuments = [];
  const { prototype } = HTMLIFrameElement;
  const { get } = Object.getOwnPropertyDescriptor(prototype, "contentWindow");
  Object.defineProperty(prototype, "contentWindow", {
    configurable: true,
    get() {
      const inside = get.call(this);
      inside.print = () => {
        const { documentElement, adoptedStyleSheets } = inside.document;
        const rules = adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules]).map(({ cssText }) => cssText).join("");
        window.printedDocuments.push(
          "<!doctype html>" + documentElement.outerHTML.replace("</head>", "<style>" + rules + "</style></head>"),
        );
        inside.dispatchEvent(new Event("afterprint"));
      };
      return inside;
    },
  });
`;
