/**
 * Ends this process, and all that it has started, with the program that started it,
 * should that be killed: it holds the other end of our standard input.
 */

import { spawnSync } from "node:child_process"

const { pid, platform, stdin } = process

function end() {
  if (platform === "win32") spawnSync("taskkill", ["/T", "/F", "/PID", `${pid}`])
  else process.kill(-pid, "SIGKILL") // the group that we lead
}

stdin.on("end", end).on("error", end).resume()
stdin.unref() // it keeps nobody from ending
