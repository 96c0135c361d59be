package worker

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// maxFrame bounds one message between the two processes, so that neither can exhaust the memory of the other.
const maxFrame = 64 << 20

// A FrameError is a message that the other process cannot have meant.
type FrameError struct{ Reason string }

// Error says what is wrong with the message.
func (e *FrameError) Error() string { return "the other process sent what is no message: " + e.Reason }

// readFrame reads one message: its length in four bytes, the highest first, then JSON.
func readFrame(r io.Reader, into any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxFrame {
		return &FrameError{fmt.Sprintf("it has %d bytes", n)}
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &FrameError{err.Error()}
	}
	return nil
}

// appendFrame adds a message to b.
func appendFrame(b []byte, message any) ([]byte, error) {
	text, err := json.Marshal(message)
	if err != nil {
		return b, err
	}
	if len(text) > maxFrame {
		return b, &tooLargeError{len(text)}
	}
	return append(binary.BigEndian.AppendUint32(b, uint32(len(text))), text...), nil
}

// tooLargeError is a message that is not sent.
type tooLargeError struct{ size int }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("it has %d bytes, more than the %d that pass between the two processes at once", e.size, maxFrame)
}

// maxWaiting is how many bytes of messages wait to be read before whoever sends more has to wait.
const maxWaiting = 1 << 20

// outbox holds messages until the connection takes them: they leave in order, many at once when the sender is quick. It
// is safe for concurrent use, by one reader.
type outbox struct {
	mu     sync.Mutex
	more   *sync.Cond // something was added, or it was closed
	room   *sync.Cond // something was taken
	bytes  []byte
	closed bool
}

func newOutbox() *outbox {
	o := &outbox{}
	o.more, o.room = sync.NewCond(&o.mu), sync.NewCond(&o.mu)
	return o
}

// send adds a message.
func (o *outbox) send(message any) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.bytes) > maxWaiting && !o.closed {
		o.room.Wait()
	}
	if o.closed {
		return io.ErrClosedPipe
	}
	var err error
	o.bytes, err = appendFrame(o.bytes, message)
	o.more.Signal()
	return err
}

// finish lets the reader come to the end of what there is.
func (o *outbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.more.Broadcast()
	o.room.Broadcast()
}

// Read gives what there is, and waits when there is nothing.
func (o *outbox) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.bytes) == 0 && !o.closed {
		o.more.Wait()
	}
	if len(o.bytes) == 0 {
		return 0, io.EOF
	}
	n := copy(p, o.bytes)
	o.bytes = o.bytes[n:]
	if len(o.bytes) == 0 {
		o.bytes = nil
	}
	o.room.Broadcast()
	return n, nil
}

// Close is called when nobody reads any more.
func (o *outbox) Close() error {
	o.finish()
	return nil
}
