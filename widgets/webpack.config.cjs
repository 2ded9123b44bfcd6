// plotly is large and comes in its own chunk, with the first histogram of a page.
module.exports = { performance: { hints: false } };
