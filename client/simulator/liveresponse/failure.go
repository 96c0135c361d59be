package liveresponse

// failure is why a command failed on the endpoint: a Windows error code.
type failure uint32

// The failures that the simulated endpoints know, by their Windows names.
const (
	fileNotFound     failure = 2
	pathNotFound     failure = 3
	accessDenied     failure = 5
	sharingViolation failure = 32
	fileExists       failure = 80
	invalidParameter failure = 87
	invalidName      failure = 123
	dirNotEmpty      failure = 145
	alreadyExists    failure = 183
	badExeFormat     failure = 193
)

// hresult is the form in which a sensor reports it: severity error, facility Win32.
func (f failure) hresult() int64 { return int64(0x80070000 | uint32(f)) }
