package output_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/cbscript/cbscript/runtime/output"
)

func TestConsole(t *testing.T) {
	var screen bytes.Buffer
	now := time.Unix(1000, 0)
	c := output.NewConsole(&screen, func() int { return 40 }, func() time.Time { return now })
	fmt.Fprintln(c, "begin\x1b")
	sensors := c.Progress("sensors", 4)
	step := func(l *output.Loop, after time.Duration) { now = now.Add(after); l.Step() }
	step(sensors, 2*time.Second)
	step(sensors, time.Millisecond) // too soon to draw again
	fmt.Fprintln(c.Above(&screen), "row")
	files := c.Progress("", -1)
	step(files, time.Second)
	files.End()
	step(sensors, time.Second)
	step(sensors, time.Second)
	sensors.End()
	fmt.Fprintln(c, "end")
	const clear = "\r\x1b[K"
	want := "begin\\x1b\n" +
		"sensors 1/4 (25%), 6s left" + clear + "row\n" +
		"sensors 2/4 (50%), 2s left" + clear +
		"sensors 2/4 (50%), 3s left | 1" + clear +
		"sensors 2/4 (50%), 3s left" + clear +
		"sensors 3/4 (75%), 1s left" + clear +
		"sensors 4/4 (100%)" + clear + "end\n"
	if got := screen.String(); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestConsoleCutsTheLine(t *testing.T) {
	var screen bytes.Buffer
	now := time.Unix(1000, 0)
	c := output.NewConsole(&screen, func() int { return 10 }, func() time.Time { return now })
	c.Progress("日本日本日本", -1).Step()
	if got, want := screen.String(), "日本日本…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
