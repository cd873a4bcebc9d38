// media-stream-library as it comes, playing one stream until its reader goes: MP4, or JPEG pictures, on standard output.
//   node player.mjs PROJECT tcp|ws|proxy|jpeg URL USER PASSWORD
// "ws" is RTSP over the camera's WebSocket with the library's browser build, "proxy" the library's own WebSocket proxy in between.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [project, way, url, username, password] = process.argv.slice(2)
const require = createRequire(`${project}/index.js`)
const node = require('media-stream-library')
const { WebSocket } = require('ws')
const auth = { username, password }
process.stdout.on('error', () => process.exit(0))

async function overWebSocket(address, rtsp, login) {
  globalThis.WebSocket = WebSocket
  globalThis.process_browser = process
  globalThis.window = { location: new URL('http://127.0.0.1/'), setTimeout, clearTimeout, setInterval, clearInterval }
  const browser = await import(pathToFileURL(`${project}/node_modules/media-stream-library/dist/browser-esm.js`).href)
  const pipeline = new browser.RtspMp4Pipeline({ uri: rtsp })
  if (login) pipeline.insertBefore(pipeline.rtsp, new node.Auth(login))
  const source = await browser.components.WSSource.open({ uri: address })
  pipeline.prepend(source)
  const save = (message) => message.type === browser.components.MessageType.ISOM && process.stdout.write(message.data)
  pipeline.append(browser.components.Sink.fromHandler(save))
  return pipeline
}

let pipeline
if (way === 'tcp') pipeline = new node.CliMp4Pipeline({ rtsp: { uri: url }, auth })
else if (way === 'jpeg') pipeline = new node.CliMjpegPipeline({ rtsp: { uri: url }, auth })
else if (way === 'ws') {
  // what the library's player does where the upgrade cannot log in: a ticket in the address
  const [http, ticket] = [process.env.CAMERA_HTTP, process.env.CAMERA_TICKET]
  pipeline = await overWebSocket(`${http.replace('http', 'ws')}rtsp-over-websocket?rtspwssession=${ticket}`, url)
} else {
  const proxy = new node.TcpWsProxyPipeline({ wsOptions: { host: '127.0.0.1', port: 0 }, rtspHost: new URL(url).host })
  await new Promise((ready) => proxy.wss.on('listening', ready))
  pipeline = await overWebSocket(`ws://127.0.0.1:${proxy.wss.address().port}/`, url, auth)
}
await pipeline.ready
pipeline.rtsp.play()
