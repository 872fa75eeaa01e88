// A PLC directory kept in memory and a Bluesky personal data server, both on loopback only.
//
// usage: node pds.mjs DATA_FOLDER PDS_PORT APPVIEW_URL
// Prints one line of JSON, {"pds": url, "plc": url, "adminPassword": text}, once both answer;
// stops at SIGTERM or when standard input closes, so that a killed test run leaves nothing behind.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Secp256k1Keypair } from '@atproto/crypto'
import { PDS } from '@atproto/pds'
import plc from '@did-plc/server'

const [dataFolder, pdsPort, appViewUrl] = process.argv.slice(2)

// Express would listen on every address of the machine.
function keepOnLoopback(app) {
  app.listen = (port, ...rest) => createServer(app).listen(port, '127.0.0.1', ...rest)
}

async function startDirectory() {
  const server = plc.PlcServer.create({ db: new plc.MockDatabase(), port: 0 })
  keepOnLoopback(server.app)
  const listening = await server.start()
  return { server, url: `http://localhost:${listening.address().port}` }
}

async function startPds(plcUrl, adminPassword) {
  const recoveryKey = await Secp256k1Keypair.create()
  const rotationKey = await Secp256k1Keypair.create({ exportable: true })
  const rotationSecret = Buffer.from(await rotationKey.export()).toString('hex')
  const blobs = join(dataFolder, 'blobs')
  mkdirSync(blobs, { recursive: true })
  const pds = await PDS.fromEnv({
    devMode: true,
    port: Number(pdsPort),
    hostname: 'localhost',
    dataDirectory: dataFolder,
    blobstoreDiskLocation: blobs,
    blobstoreDiskTmpLocation: join(dataFolder, 'blobs-unfinished'),
    didPlcUrl: plcUrl,
    recoveryDidKey: recoveryKey.did(),
    plcRotationKeyK256PrivateKeyHex: rotationSecret,
    serviceHandleDomains: ['.test'],
    inviteRequired: false,
    enableDidDocWithSession: true,
    jwtSecret: randomBytes(32).toString('hex'),
    adminPassword,
    disableSsrfProtection: true,
    bskyAppViewUrl: appViewUrl,
    bskyAppViewDid: 'did:web:appview.invalid',
    crawlers: [],
  })
  keepOnLoopback(pds.app)
  await pds.start()
  return pds
}

const adminPassword = randomBytes(16).toString('hex')
const directory = await startDirectory()
const pds = await startPds(directory.url, adminPassword)

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  await pds.destroy()
  await directory.server.destroy()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.stdin.once('end', stop).resume()

const ready = { pds: `http://localhost:${pdsPort}`, plc: directory.url, adminPassword }
process.stdout.write(`${JSON.stringify(ready)}\n`)
