// Starts the small behaviours that any page may use. Every page works without them.
import { startAutosubmit } from "./autosubmit.mjs";
import { startBusy } from "./busy.mjs";
import { startConfirm } from "./confirm.mjs";
import { startDialogs } from "./dialog.mjs";
import { startMenus } from "./menu.mjs";
import { startTheme } from "./theme.mjs";
import { startToasts } from "./toast.mjs";

document.documentElement.dataset.js = "";
startTheme();
startMenus();
startDialogs();
startConfirm();
startBusy();
startAutosubmit();
startToasts();
document.querySelector("[data-autofocus]")?.focus();
