// Runs one of Azurite's services until its standard input ends, as it does when whoever started it closes it or dies: nothing is left
// behind. An interrupt goes to a whole terminal, so it is left to the starter, which may still have something to store.
"use strict";

const [service] = process.argv.splice(2, 1);
const once = process.once;
process.once = (event, listener) => (event === "SIGINT" ? process : once.call(process, event, listener));
process.on("SIGINT", () => {});
process.stdin.resume().on("end", () => {
  if (!process.emit("message", "shutdown")) {
    process.exit();
  }
});

require(`azurite/dist/src/${service}/main.js`);
