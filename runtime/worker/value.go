package worker

import "github.com/cbscript/cbscript/client/plain"

// text is a text as JSON can hold it: bytes that are not UTF-8 pass too.
type text = plain.Text

// unpack reads a packed value of the other process. Its only error is a [*FrameError].
func unpack(v any) (any, error) {
	got, err := plain.Unpack(v)
	if err != nil {
		return nil, &FrameError{err.Error()}
	}
	return got, nil
}
