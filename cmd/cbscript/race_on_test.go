//go:build race

package main

// raceDetector says that the tests run with the race detector, whose memory does not fit into a script's limit.
const raceDetector = true
