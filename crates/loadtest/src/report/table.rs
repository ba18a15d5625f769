use std::fmt;

/// A table for people.
#[derive(Debug, Clone)]
pub struct Table {
    /// The title.
    pub title: String,
    /// Its columns.
    pub head: Vec<String>,
    /// Its rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>, head: &[&str]) -> Self {
        let head = head.iter().map(|&text| text.to_owned()).collect();
        Self { title: title.into(), head, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [impl Into<String>; N]) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether a column has figures, which are aligned to the right.
    pub fn is_figures(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().map(|row| row[column].as_str()).filter(|cell| !cell.is_empty());
        column > 0 && cells.all(|cell| cell.starts_with(|c: char| c.is_ascii_digit() || "≤≥-".contains(c)))
    }

    /// The table in Markdown, without its title.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = |column| if self.is_figures(column) { "---:" } else { "---" }.to_owned();
        let rules: Vec<String> = (0..self.head.len()).map(rule).collect();
        let mut text = line(&self.head);
        text.push_str(&line(&rules));
        text.extend(self.rows.iter().map(|row| line(row)));
        text
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let width =
            |column: usize| lines().map(|line| line[column].chars().count()).max().unwrap_or_default();
        writeln!(f, "{}", self.title)?;
        for line in lines() {
            let mut text = String::from(" ");
            for (column, cell) in line.iter().enumerate() {
                let width = width(column);
                text.push_str(&match self.is_figures(column) {
                    true => format!(" {cell:>width$} "),
                    false => format!(" {cell:<width$} "),
                });
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_to_the_right() {
        let mut table = Table::new("Runs", &["run", "per second"]);
        table.row(["hot", "77,000"]);
        table.row(["a|b", "9"]);
        assert_eq!(table.to_string(), "Runs\n  run  per second\n  hot      77,000\n  a|b           9\n");
        assert_eq!(
            table.markdown(),
            "| run | per second |\n| --- | ---: |\n| hot | 77,000 |\n| a\\|b | 9 |\n"
        );
    }
}
