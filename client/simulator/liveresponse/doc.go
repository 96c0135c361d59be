// Package liveresponse is the Live Response half of the simulated servers: an endpoint's disk, registry and processes
// as the story left them, the sessions that reach them, and the commands that are sent through a session. The same
// service stands behind Cb Response and Cb Defense; a product's routes put it into that product's words.
//
// An endpoint comes to life when a session first reaches it. What commands change there stays for the life of the
// server. A sensor that is offline keeps a session waiting, a slow one takes its time, and a server has room for a few
// sessions at once. Commands fail as on Windows: with an HRESULT in the command's document.
//
// Source: contract/live-response.md and the recorded documents; what the record does not tell follows Windows.
package liveresponse
