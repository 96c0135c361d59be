package output

import "time"

// Status is a text in the progress line of a [Console] that changes as it is set, such as counts of what is under way.
type Status struct {
	c    *Console
	line string
}

// Status begins to show a text, which is empty at first: nothing is shown of it then.
func (c *Console) Status() *Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &Status{c: c}
	c.parts = append(c.parts, s)
	return s
}

// Set changes the text. It is drawn within a tenth of a second, also when it is not set again.
func (s *Status) Set(text string) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if text = VisibleLine(text); text == s.line {
		return
	}
	s.line = text
	s.c.soon()
}

// End takes the text off the screen.
func (s *Status) End() {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.line = ""
	s.c.remove(s)
}

func (s *Status) text(time.Time) string { return s.line }

// soon draws the progress line anew: now, or as soon as it may be drawn again. It needs the lock.
func (c *Console) soon() {
	now := c.now()
	if wait := redrawEvery - now.Sub(c.last); wait > 0 {
		if c.later == nil {
			c.later = time.AfterFunc(wait, c.redraw)
		}
		return
	}
	c.last = now
	c.clear()
	c.draw()
}

// redraw draws what came too soon.
func (c *Console) redraw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.later, c.last = nil, c.now()
	c.clear()
	c.draw()
}
